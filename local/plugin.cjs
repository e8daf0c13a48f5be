// A Serverless plugin for `serverless offline` alone. It gives handlers repeated headers as API Gateway does, joined by a comma:
// serverless-offline keeps the last one only, and a request with two signatures would look like one with one. It ends with its parent.
// And with REDPACK_SCHEDULE=off nothing runs on its schedule, for tests that run settle themselves.
const { subscribe } = require('node:diagnostics_channel')

module.exports = class Offline {
  constructor(serverless) {
    this.hooks = {
      // serverless-offline reads the events when it starts.
      'before:offline:start': () => {
        if (process.env.REDPACK_SCHEDULE === 'off') dropSchedules(serverless.service.functions)
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

function dropSchedules(functions) {
  for (const one of Object.values(functions)) one.events = one.events.filter((event) => event.schedule === undefined)
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
