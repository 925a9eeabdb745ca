<?php
// Read a picture with EasyWeChat 6: php easywechat.php comm|driving FILE|URL
require 'vendor/autoload.php';

use EasyWeChat\MiniApp\Application;

$app = new Application([
    'app_id' => getenv('SHIZI_APPID'),
    'secret' => getenv('SHIZI_SECRET'),
    'http' => [
        'base_uri' => getenv('SHIZI_URL') . '/',
        'timeout' => 60,
        'throw' => false,
    ],
]);

function readPicture(Application $app, string $api, string $picture): array
{
    $client = $app->getClient();
    $reply = str_starts_with($picture, 'http')
        ? $client->post("cv/ocr/$api", ['query' => ['img_url' => $picture]])
        : $client->withFile($picture, 'img')->post("cv/ocr/$api");
    return $reply->toArray();
}

[, $api, $picture] = $argv;
$reply = readPicture($app, $api, $picture);
if (in_array($reply['errcode'], [40001, 42001], true)) {
    // The library keeps a token until it expires; its own retry sends the old one again.
    $app->getAccessToken()->refresh();
    $reply = readPicture($app, $api, $picture);
}
echo json_encode($reply, JSON_UNESCAPED_UNICODE), "\n";
