import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { buildXml, cdata, parseXml, XmlError } from '../../../lib/wechatpay/xml.ts'
import { cpuMs } from '../../support/cpu.ts'

/** A send's success as WeChat publishes it, plain elements and CDATA mixed. */
const SUCCESS = `<?xml version="1.0" encoding="UTF-8"?>
<xml>
<return_code><![CDATA[SUCCESS]]></return_code>
<return_msg><![CDATA[发放成功]]></return_msg>
<result_code><![CDATA[SUCCESS]]></result_code>
<mch_billno><![CDATA[0010010404201411170000046545]]></mch_billno>
<mch_id>10010404</mch_id>
<total_amount>1</total_amount>
<send_listid><![CDATA[100000000020150520314766074200]]></send_listid>
</xml>`

/** A query's answer with two receivers. */
const QUERIED = `<xml><return_code><![CDATA[SUCCESS]]></return_code><status><![CDATA[RECEIVED]]></status>
<hblist>
<hbinfo><openid><![CDATA[oA]]></openid><amount>100</amount><rcv_time><![CDATA[2025-01-01 10:00:30]]></rcv_time></hbinfo>
<hbinfo><openid><![CDATA[oB]]></openid><amount>200</amount></hbinfo>
</hblist></xml>`

// Every character that XML 1.0 §2.2 allows, with those that XML treats specially made likely.
const legal = fc
  .oneof(
    {
      weight: 5,
      arbitrary: fc.constantFrom(']', '>', '<', '&', '"', "'", ']]>', '<![CDATA[', '&amp;', '&#65;', '🧧', '红'),
    },
    { weight: 5, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }) },
  )
  .filter((part) => !/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u.test(part))
const text = fc.array(legal, { minLength: 1, maxLength: 20 }).map((parts) => parts.join(''))
const name = fc.stringMatching(/^[a-z][a-z_]{0,15}$/)

/** Whatever else parseXml does, it throws nothing but XmlError. */
function outcomeOf(document: string): 'parsed' | 'refused' {
  try {
    parseXml(document)
    return 'parsed'
  } catch (error) {
    if (!(error instanceof XmlError)) throw error
    return 'refused'
  }
}

describe('what is written', () => {
  test('every value stands in CDATA, and what is empty is left out', () => {
    const fields = {
      mch_id: '10010404',
      total_amount: 200,
      wishing: 'A&B <新年> "🧧"',
      remark: '',
      scene_id: undefined,
    }
    expect(buildXml(fields)).toBe(
      '<xml><mch_id><![CDATA[10010404]]></mch_id><total_amount><![CDATA[200]]></total_amount>' +
        '<wishing><![CDATA[A&B <新年> "🧧"]]></wishing></xml>',
    )
  })

  test(']]> is split over two sections', () => {
    expect(cdata('a]]>b')).toBe('<![CDATA[a]]]]><![CDATA[>b]]>')
    expect(cdata(']]>]]>')).toBe('<![CDATA[]]]]><![CDATA[>]]]]><![CDATA[>]]>')
  })

  test('is read back as it was', async () => {
    await fc.assert(
      fc.property(fc.dictionary(name, text, { minKeys: 1 }), (fields) => {
        expect({ ...parseXml(buildXml(fields)) }).toEqual({ ...fields })
      }),
      { numRuns: 500 },
    )
  })

  test.for(['\0', '\b', '\v', '\x1f', '\ud800', 'a\udc00', '\ufffe', '\uffff'])('is never %j', (value) => {
    expect(() => buildXml({ wishing: value })).toThrow(XmlError)
  })
})

describe('what is read', () => {
  test('a published answer', () => {
    expect({ ...parseXml(SUCCESS) }).toEqual({
      return_code: 'SUCCESS',
      return_msg: '发放成功',
      result_code: 'SUCCESS',
      mch_billno: '0010010404201411170000046545',
      mch_id: '10010404',
      total_amount: '1',
      send_listid: '100000000020150520314766074200',
    })
  })

  test('a list of flat elements', () => {
    const { hblist, ...rest } = parseXml(QUERIED)
    expect(rest).toEqual({ return_code: 'SUCCESS', status: 'RECEIVED' })
    expect((hblist as object[]).map((item) => ({ ...item }))).toEqual([
      { openid: 'oA', amount: '100', rcv_time: '2025-01-01 10:00:30' },
      { openid: 'oB', amount: '200' },
    ])
  })

  test.for([
    ['a byte order mark', '\ufeff<xml><a>1</a></xml>', { a: '1' }],
    ['white space around', ' \r\n<xml>\n<a>1</a>\t</xml>\n', { a: '1' }],
    ['an XML declaration', '<?xml version="1.0"?>\n<xml><a>1</a></xml>', { a: '1' }],
    ['nothing in the root', '<xml></xml>', {}],
    ['a root without an end', '<xml/>', {}],
    ['an empty element', '<xml><a></a><b/><c><![CDATA[]]></c></xml>', { a: '', b: '', c: '' }],
    ['white space in a tag', '<xml ><a >1</a\n></xml>', { a: '1' }],
    ['the five entities', '<xml><a>&lt;&amp;&gt;&quot;&apos;</a></xml>', { a: '<&>"\'' }],
    ['characters by number', '<xml><a>&#65;&#x42;&#x1F9E7;</a></xml>', { a: 'AB🧧' }],
    [
      'several sections in one element',
      '<xml><a>x<![CDATA[<y>]]>z<![CDATA[]]]]><![CDATA[>]]></a></xml>',
      { a: 'x<y>z]]>' },
    ],
    ['white space within an element', '<xml><a> 1 </a></xml>', { a: ' 1 ' }],
    [
      'names of Object.prototype',
      '<xml><constructor>1</constructor><toString>2</toString></xml>',
      { constructor: '1', toString: '2' },
    ],
  ] as const)('%s', ([, document, expected]) => {
    const parsed = parseXml(document)
    expect(Object.fromEntries(Object.entries(parsed))).toEqual(expected)
    expect(Object.getPrototypeOf(parsed)).toBeNull()
  })
})

describe('what is refused', () => {
  test.for([
    ['nothing', ''],
    ['white space', '  \n'],
    ['text', 'error'],
    ['JSON', '{"return_code":"SUCCESS"}'],
    ['a page of HTML', '<!DOCTYPE html><html><head><title>502</title></head><body><hr></body></html>'],
    ['another root', '<html><a>1</a></html>'],
    ['a DOCTYPE', '<!DOCTYPE xml><xml><a>1</a></xml>'],
    ['a DOCTYPE in lower case', '<!doctype xml><xml><a>1</a></xml>'],
    ['an external entity', '<!DOCTYPE xml [<!ENTITY x SYSTEM "file:///etc/passwd">]><xml><a>&x;</a></xml>'],
    ['a billion laughs', '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><xml><a>&b;</a></xml>'],
    ['an entity that is not defined', '<xml><a>&nbsp;</a></xml>'],
    ['an entity named as a property', '<xml><a>&constructor;</a></xml>'],
    ['an ampersand alone', '<xml><a>A&B</a></xml>'],
    ['an ampersand at the end', '<xml><a>A&</a></xml>'],
    ['a character of number 0', '<xml><a>&#0;</a></xml>'],
    ['a surrogate by number', '<xml><a>&#xD800;</a></xml>'],
    ['a number past Unicode', '<xml><a>&#x110000;</a></xml>'],
    ['a number that is none', '<xml><a>&#;</a></xml>'],
    ['a hexadecimal number that is none', '<xml><a>&#x;</a></xml>'],
    ['a negative number', '<xml><a>&#-65;</a></xml>'],
    ['a number in exponents', '<xml><a>&#1e2;</a></xml>'],
    ['a control character', '<xml><a>\u0001</a></xml>'],
    ['a control character in CDATA', '<xml><a><![CDATA[\u0000]]></a></xml>'],
    ['a lone surrogate', '<xml><a>\ud83e</a></xml>'],
    ['a comment', '<xml><!-- c --><a>1</a></xml>'],
    ['a processing instruction', '<xml><?php echo 1 ?><a>1</a></xml>'],
    ['a second declaration', '<?xml version="1.0"?><?xml version="1.0"?><xml><a>1</a></xml>'],
    ['an attribute', '<xml><a b="1">1</a></xml>'],
    ['an attribute of the root', '<xml xmlns="x"><a>1</a></xml>'],
    ['a namespace', '<xml><w:a>1</w:a></xml>'],
    ['an element twice', '<xml><a>1</a><a>1</a></xml>'],
    ['an element twice in a list', '<xml><l><i><a>1</a><a>1</a></i></l></xml>'],
    ['an element twice, once as a list', '<xml><a><i><b>1</b></i></a><a>1</a></xml>'],
    ['__proto__', '<xml><__proto__>1</__proto__></xml>'],
    ['__proto__ in a list', '<xml><l><i><__proto__>1</__proto__></i></l></xml>'],
    ['text between elements', '<xml>text<a>1</a></xml>'],
    ['text in a list', '<xml><l>text<i><a>1</a></i></l></xml>'],
    ['CDATA between elements', '<xml><![CDATA[x]]><a>1</a></xml>'],
    ['nesting one level too deep', '<xml><l><i><a><b>1</b></a></i></l></xml>'],
    ['tags that cross', '<xml><a><b></a></b></xml>'],
    ['a tag that ends another', '<xml><a>1</b></xml>'],
    ['a tag that was never opened', '<xml></a></xml>'],
    ['two roots', '<xml></xml><xml></xml>'],
    ['text after the root', '<xml></xml>text'],
    ['text before the root', 'text<xml></xml>'],
    ['CDATA before the root', '<![CDATA[x]]><xml></xml>'],
    ['the end of CDATA outside it', '<xml><a>]]></a></xml>'],
    ['CDATA that is not closed', '<xml><a><![CDATA[x]]</a></xml>'],
    ['a bracket alone', '<xml><a>1 < 2</a></xml>'],
    ['257 elements', `<xml>${Array.from({ length: 256 }, (_, i) => `<a${i}>1</a${i}>`).join('')}</xml>`],
  ] as const)('%s', ([, document]) => {
    expect(outcomeOf(document)).toBe('refused')
  })

  test('256 elements are read', () => {
    const document = `<xml>${Array.from({ length: 255 }, (_, i) => `<a${i}>1</a${i}>`).join('')}</xml>`
    expect(Object.keys(parseXml(document))).toHaveLength(255)
  })

  test.for([
    ['a send', SUCCESS],
    ['a query', QUERIED],
  ] as const)('an answer to %s that is cut off anywhere', ([, document]) => {
    for (let length = 0; length < document.length; length += 1) {
      expect([length, outcomeOf(document.slice(0, length))]).toEqual([length, 'refused'])
    }
    expect(outcomeOf(document)).toBe('parsed')
  })

  test('the message never quotes the document', () => {
    for (const document of ['<xml><a>secret</b></xml>', '<xml><secret>&secret;</secret></xml>', 'secret']) {
      expect(() => parseXml(document)).toThrow(
        expect.not.objectContaining({ message: expect.stringContaining('secret') }),
      )
    }
  })
})

describe('hostile input', () => {
  const KB_64 = 64 * 1024
  const filled = (unit: string) => unit.repeat(Math.ceil(KB_64 / unit.length)).slice(0, KB_64)

  test.for([
    ['tags that open', '<a>'],
    ['tags that open under one root', '<xml>'],
    ['brackets', '<'],
    ['tags that never end', '<aaaaaaaaaaaaaaaa '],
    ['CDATA that opens', '<![CDATA['],
    ['CDATA that ends', ']]>'],
    ['ampersands', '&'],
    ['ampersands in an element', '<xml><a>&'],
    ['references', '&#65;'],
    ['long references', '&#00000000000000000065;'],
    ['declarations', '<?xml '],
    ['white space', ' '],
    ['white space in a tag', '<xml          '],
    ['empty elements', '<a/>'],
    ['comments', '<!--'],
  ] as const)('64 KB of %s are refused at once', ([, unit]) => {
    for (const document of [
      filled(unit),
      `<xml>${filled(unit)}</xml>`,
      `<xml><a>${filled(unit)}`,
      `<?xml ${filled(unit)}`,
    ]) {
      // Far from the few milliseconds it takes, and far from what a quadratic reader would.
      expect(cpuMs(() => outcomeOf(document))).toBeLessThan(250)
    }
    expect(outcomeOf(filled(unit))).toBe('refused')
  })

  test('64 KB in one element are read', () => {
    expect(parseXml(`<xml><a><![CDATA[${filled(']')}]]></a></xml>`).a).toHaveLength(KB_64)
  })

  test('nothing but XmlError is ever thrown, and Object.prototype stays as it is', async () => {
    const before = Object.getOwnPropertyNames(Object.prototype)
    const piece = fc.oneof(
      fc.constantFrom('<xml>', '</xml>', '<a>', '</a>', '<b/>', '<hblist>', '</hblist>', '<__proto__>', '</__proto__>'),
      fc.constantFrom(
        '<constructor>',
        '</constructor>',
        '<![CDATA[',
        ']]>',
        '&amp;',
        '&#65;',
        '&',
        '<',
        '>',
        '<!',
        '<?xml ?>',
      ),
      fc.string({ unit: 'binary', maxLength: 4 }),
    )
    await fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        outcomeOf(pieces.join(''))
        outcomeOf(`<xml>${pieces.join('')}</xml>`)
      }),
      { numRuns: 5_000 },
    )
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before)
    expect(({} as Record<string, unknown>).a).toBeUndefined()
  })

  test('a real answer with one character changed is read or refused, never more', async () => {
    await fc.assert(
      fc.property(fc.nat(SUCCESS.length - 1), fc.string({ unit: 'binary', maxLength: 2 }), (at, insert) => {
        outcomeOf(SUCCESS.slice(0, at) + insert + SUCCESS.slice(at + 1))
      }),
      { numRuns: 2_000 },
    )
  })
})
