// Loaded before what is measured: WeChat's and AWS's own names lead to the stubs, so that everything is configured as it is where it
// is deployed. Certificates are checked against the name, as always.
const tls = require('node:tls')

const { connect } = tls
const STUBS = JSON.parse(process.env.BENCH_STUBS)

tls.connect = (options, ...more) => {
  const port = Object.entries(STUBS).find(([ending]) => options?.host?.endsWith(ending))?.[1]
  return port === undefined
    ? connect(options, ...more)
    : connect({ ...options, host: '127.0.0.1', port, servername: options.host }, ...more)
}
