// Read a picture with SKIT.FlurlHttpClient.Wechat.Api: Skit FILE
using System;
using System.IO;
using SKIT.FlurlHttpClient.Wechat.Api;
using SKIT.FlurlHttpClient.Wechat.Api.Models;

var client = WechatApiClientBuilder.Create(new WechatApiClientOptions
{
    AppId = Environment.GetEnvironmentVariable("SHIZI_APPID"),
    AppSecret = Environment.GetEnvironmentVariable("SHIZI_SECRET"),
    Endpoint = Environment.GetEnvironmentVariable("SHIZI_URL"),
}).Build();

// The library neither keeps nor renews tokens.
var token = await client.ExecuteCgibinTokenAsync(new CgibinTokenRequest());
var page = await client.ExecuteCVOCRCommonAsync(new CVOCRCommonRequest
{
    AccessToken = token.AccessToken,
    ImageFileBytes = await File.ReadAllBytesAsync(args[0]),
});
if (!page.IsSuccessful())
{
    throw new InvalidOperationException($"{page.ErrorCode} {page.ErrorMessage}");
}
foreach (var item in page.ResultList)
{
    Console.WriteLine(item.Text);
}
