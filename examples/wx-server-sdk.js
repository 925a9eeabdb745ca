// Read a picture with wx-server-sdk: wx-server-sdk.js comm|driving FILE|URL
const { readFileSync } = require('node:fs');

// Set these where the function runs, and its code stays as it is.
const { SHIZI_URL, SHIZI_APPID, SHIZI_SECRET } = process.env;
process.env.TENCENTCLOUD_SECRETID = SHIZI_APPID;
process.env.TENCENTCLOUD_SECRETKEY = SHIZI_SECRET;
process.env.TCB_CONTEXT_CNFG = JSON.stringify({ URL: `${SHIZI_URL}/admin` });
process.env.TENCENTCLOUD = 'true'; // else it first looks whether it is at Tencent's

const cloud = require('wx-server-sdk');
cloud.init({ env: 'any' });
const { ocr } = cloud.openapi;

async function read(name, picture) {
  const data = picture.startsWith('http')
    ? { imgUrl: picture }
    : { img: { contentType: 'image/jpeg', value: readFileSync(picture) } };
  if (name === 'driving') return ocr.vehicleLicense({ type: 'photo', ...data });
  return ocr.printedText(data);
}

read(...process.argv.slice(2)).then(
  (result) => console.log(JSON.stringify(result)),
  (error) => console.log(error.errCode, error.errMsg),
);
