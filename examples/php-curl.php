<?php
// Read a picture with PHP's curl: php php-curl.php comm|driving FILE|URL

function call(string $path, array $query, ?array $form = null): array
{
    $curl = curl_init(getenv('SHIZI_URL') . $path . '?' . http_build_query($query));
    curl_setopt_array($curl, [CURLOPT_RETURNTRANSFER => true, CURLOPT_TIMEOUT => 60]);
    if ($form !== null) {
        curl_setopt($curl, CURLOPT_POSTFIELDS, $form); // an array: multipart/form-data
    }
    $reply = curl_exec($curl);
    if ($reply === false) {
        throw new RuntimeException(curl_error($curl));
    }
    return json_decode($reply, true, 512, JSON_THROW_ON_ERROR);
}

function newToken(): string
{
    $reply = call('/cgi-bin/token', [
        'grant_type' => 'client_credential',
        'appid' => getenv('SHIZI_APPID'),
        'secret' => getenv('SHIZI_SECRET'),
    ]);
    return $reply['access_token'] ?? throw new RuntimeException($reply['errmsg']);
}

function readPicture(string $api, string $picture, string $token): array
{
    $query = ['access_token' => $token];
    if (str_starts_with($picture, 'http')) {
        return call("/cv/ocr/$api", $query + ['img_url' => $picture], []);
    }
    return call("/cv/ocr/$api", $query, ['img' => new CURLFile($picture)]);
}

[, $api, $picture] = $argv;
$reply = readPicture($api, $picture, getenv('SHIZI_TOKEN') ?: newToken());
if (in_array($reply['errcode'], [40001, 42001], true)) { // of no use any more
    $reply = readPicture($api, $picture, newToken());
}
echo json_encode($reply, JSON_UNESCAPED_UNICODE), "\n";
