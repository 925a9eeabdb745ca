// Read a picture with node-easywechat: node-easywechat.js comm|driving FILE|URL
const { readFileSync } = require('node:fs');
const { MiniApp, FormData } = require('node-easywechat');

const app = new MiniApp({
  app_id: process.env.SHIZI_APPID,
  secret: process.env.SHIZI_SECRET,
  http: { baseURL: process.env.SHIZI_URL },
});

async function post(name, picture) {
  const client = app.getClient();
  const url = `cv/ocr/${name}`; // relative, or baseURL does not count
  if (picture.startsWith('http')) {
    return client.post(url, { params: { img_url: picture } });
  }
  const data = new FormData();
  data.append('img', readFileSync(picture), 'picture.jpg');
  return client.post(url, { data });
}

async function read(name, picture) {
  const reply = (await post(name, picture)).toObject();
  if (![40001, 40014, 42001].includes(reply.errcode)) return reply;
  // The library keeps a token until it expires and does not ask again by itself.
  await app.getAccessToken().refresh();
  return (await post(name, picture)).toObject();
}

read(...process.argv.slice(2)).then((reply) => console.log(JSON.stringify(reply)));
