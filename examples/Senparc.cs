// Read a picture with Senparc.Weixin.MP: Senparc URL
using System;
using Senparc.Weixin;
using Senparc.Weixin.MP.AdvancedAPIs.CV.OCR;
using Senparc.Weixin.MP.Containers;

var id = Environment.GetEnvironmentVariable("SHIZI_APPID");
var secret = Environment.GetEnvironmentVariable("SHIZI_SECRET");

// For the whole process: every call of the official account goes there.
Config.ApiMpHost = Environment.GetEnvironmentVariable("SHIZI_URL");
await AccessTokenContainer.RegisterAsync(id, secret);

var page = await OCRApi.CommAsync(id, args[0]); // an address: it does not send files
foreach (var item in page.items)
{
    Console.WriteLine(item.text);
}
