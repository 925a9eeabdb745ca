// Does what an entry in the hosts file does: Tencent's names lead to this machine.
// The ports are other ones, for a test may not have 443 and 80.
const { HOSTS } = process.env
const ports = JSON.parse(HOSTS)

for (const name of ['node:http', 'node:https']) {
  const agent = require(name).globalAgent
  const connect = agent.createConnection
  agent.createConnection = (options, done) => {
    const port = ports[options.host]
    if (!port) throw new Error(`a call went to ${options.host}`)
    const there = { ...options, host: '127.0.0.1', port, servername: options.host }
    return connect.call(agent, there, done)
  }
}
