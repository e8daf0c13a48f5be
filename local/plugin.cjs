// A Serverless plugin for `serverless offline` alone: handlers get requests as API Gateway gives them, the process survives
// what is no HTTP, and it ends with its parent. With REDPACK_SCHEDULE=off nothing runs on its schedule, for tests that run settle
// themselves. With REDPACK_BUNDLES (local/bundles.ts) nothing is built at the start: that folder has the bundles.
module.exports = class Offline {
  constructor(serverless, options) {
    this.hooks = {
      initialize: () => {
        const { REDPACK_BUNDLES } = process.env
        if (REDPACK_BUNDLES) useBundles(serverless.service, REDPACK_BUNDLES)
      },
      // serverless-offline reads the events when it starts.
      'before:offline:start': async () => {
        if (process.env.REDPACK_SCHEDULE === 'off') dropSchedules(serverless.service.functions)
        // Whoever started this process talks to it over a channel; where that breaks, nobody is left to stop it.
        if (process.channel) process.on('disconnect', () => process.exit())
        const { takeRequests } = await import('./offline-requests.ts')
        await takeRequests(options)
      },
    }
  }
}

function useBundles({ functions, custom }, location) {
  for (const one of Object.values(functions)) one.skipEsbuild = true
  custom['serverless-offline'].location = location
}

function dropSchedules(functions) {
  for (const one of Object.values(functions)) one.events = one.events.filter((event) => event.schedule === undefined)
}
