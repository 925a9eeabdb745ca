// Makes cloud calls with one version of wx-server-sdk: call.js FOLDER < STEPS
// Steps are [name, argument]; prints of each what it gave, or the error that it threw.
const { readFileSync } = require('node:fs')

const [folder] = process.argv.slice(2)
const cloud = require(require.resolve('wx-server-sdk', { paths: [folder] }))
const { init, steps } = JSON.parse(readFileSync(0, 'utf8'))

// Bytes come as a file's path or as a number of zeros.
function revive(argument) {
  const { img } = argument
  if (!img) return argument
  const value = img.path ? readFileSync(img.path) : Buffer.alloc(img.zeros)
  return { ...argument, img: { contentType: 'image/jpeg', value } }
}

function call(name, argument) {
  const [first, ...rest] = name.split('.')
  if (first !== 'openapi') return cloud[name](argument)
  return rest.reduce((api, part) => api[part], cloud.openapi)(revive(argument))
}

async function main() {
  cloud.init(init)
  const results = []
  for (const [name, argument] of steps) {
    try {
      results.push({ result: await call(name, argument) })
    } catch (error) {
      results.push({ errCode: error.errCode, errMsg: error.errMsg || String(error) })
    }
  }
  // Not console.log: some versions warn there.
  process.stdout.write('\n' + JSON.stringify(results))
}

main()
