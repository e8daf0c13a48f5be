// A Serverless plugin for `serverless offline` alone: handlers get requests as API Gateway gives them, the process survives
// what is no HTTP, and it ends with its parent.
module.exports = class Offline {
  constructor(_serverless, options) {
    this.hooks = {
      'before:offline:start': async () => {
        // Whoever started this process talks to it over a channel; where that breaks, nobody is left to stop it.
        if (process.channel) process.on('disconnect', () => process.exit())
        const { takeRequests } = await import('./offline-requests.ts')
        await takeRequests(options)
      },
    }
  }
}
