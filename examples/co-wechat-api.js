// Read a picture with co-wechat-api: co-wechat-api.js comm|driving FILE|URL
const { readFile, writeFile } = require('node:fs/promises');
const API = require('co-wechat-api');

const { SHIZI_URL, SHIZI_APPID, SHIZI_SECRET } = process.env;
const TOKEN = 'token.json';

const api = new API(
  SHIZI_APPID,
  SHIZI_SECRET,
  () => readFile(TOKEN, 'utf8').then(JSON.parse, () => null),
  (token) => writeFile(TOKEN, JSON.stringify(token)),
);
api.prefix = `${SHIZI_URL}/cgi-bin/`; // where it fetches tokens
api.setOpts({ timeout: 60000 }); // its own 3 seconds are short for a full page

async function read(name, picture) {
  const { accessToken } = await api.ensureAccessToken();
  const query = new URLSearchParams({ access_token: accessToken });
  const options = { method: 'POST' };
  if (picture.startsWith('http')) {
    query.set('img_url', picture);
  } else {
    const form = new FormData();
    form.append('img', new Blob([await readFile(picture)]), 'picture.jpg');
    // A buffer, not a stream: with a new token the library sends it a second time.
    const body = new Response(form);
    options.headers = { 'content-type': body.headers.get('content-type') };
    options.data = Buffer.from(await body.arrayBuffer());
  }
  return api.request(`${SHIZI_URL}/cv/ocr/${name}?${query}`, options);
}

read(...process.argv.slice(2)).then((reply) => console.log(JSON.stringify(reply)));
