// Stands in for the part of wx-server-sdk that the example uses: one collection, in the file that ORDERS names.
const { readFileSync, writeFileSync } = require('node:fs')

const read = () => JSON.parse(readFileSync(process.env.ORDERS, 'utf8'))
const at = (document, path) => path.split('.').reduce((value, name) => value?.[name], document)

exports.DYNAMIC_CURRENT_ENV = Symbol('current')
exports.init = () => {}
exports.getWXContext = () => ({ OPENID: process.env.OPENID, APPID: 'wxminiapp', SOURCE: 'wx_client' })
exports.database = () => ({
  command: { nin: (values) => ({ nin: values }) },
  collection: () => ({
    doc: (id) => ({
      get: async () => {
        const data = read().find(({ _id }) => _id === id)
        if (!data) throw new Error(`document.get:fail document with _id ${id} does not exist`)
        return { data }
      },
    }),
    where: (query) => ({
      update: async ({ data }) => {
        const matches = (one) =>
          Object.entries(query).every(([path, wanted]) =>
            typeof wanted === 'object' ? !wanted.nin.includes(at(one, path)) : at(one, path) === wanted,
          )
        const all = read()
        writeFileSync(process.env.ORDERS, JSON.stringify(all.map((one) => (matches(one) ? { ...one, ...data } : one))))
        return { stats: { updated: all.filter(matches).length } }
      },
    }),
  }),
})
