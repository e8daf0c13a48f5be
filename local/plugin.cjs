// A Serverless plugin for `serverless offline` alone. It gives handlers repeated headers as API Gateway does, joined by a comma:
// serverless-offline keeps the last one only, and a request with two signatures would look like one with one. And it ends with its parent.
const { subscribe } = require('node:diagnostics_channel')

module.exports = class Offline {
  constructor() {
    this.hooks = {
      'before:offline:start': () => {
        // Whoever started this process talks to it over a channel; where that breaks, nobody is left to stop it.
        if (process.channel) process.on('disconnect', () => process.exit())
        subscribe('http.server.request.start', ({ request }) => {
          // Node makes `headers` from `rawHeaders` when they are first asked for, and by the length it had: so ask now.
          void request.headers
          joinRepeated(request.rawHeaders)
        })
      },
    }
  }
}

/** In place, since this is the list that the event is made from; Cookie is a list of its own in payload 2.0. */
function joinRepeated(rawHeaders) {
  const joined = new Map()
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i].toLowerCase()
    const earlier = joined.get(name)
    joined.set(name, earlier === undefined ? rawHeaders[i + 1] : `${earlier},${rawHeaders[i + 1]}`)
  }
  rawHeaders.splice(0, rawHeaders.length, ...[...joined].flat())
}
