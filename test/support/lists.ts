// Lists as spreadsheets save them: text in GB18030, and a workbook as small as one can be.
import { crc32 } from 'node:zlib'

/** What Excel of a Chinese Windows writes as "CSV". Throws for characters that need four bytes there. */
export function gb18030(text: string): Buffer {
  const bytes = [...text].map((char) => {
    const pair = char <= '\x7f' ? Buffer.from(char) : pairs().get(char)
    if (!pair) throw new Error(`${char} has no two bytes in GB18030`)
    return pair
  })
  return Buffer.concat(bytes)
}

let known: Map<string, Buffer> | undefined

/** The decoder, turned round. */
function pairs(): Map<string, Buffer> {
  if (known) return known
  known = new Map()
  const decoder = new TextDecoder('gb18030')
  for (let first = 0x81; first <= 0xfe; first++) {
    for (let second = 0x40; second <= 0xfe; second++) {
      const pair = Buffer.from([first, second])
      const char = decoder.decode(pair)
      if ([...char].length === 1) known.set(char, pair)
    }
  }
  return known
}

/** A text, or a number as a workbook holds it. */
type Cell = string | { n: string }

const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const DOCUMENT = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006'

/** An .xlsx with one sheet. */
export function workbook(sheet: string, rows: readonly (readonly Cell[])[]): Buffer {
  const cells = rows.map((row, i) => {
    const inner = row.map((cell, j) => {
      const at = `${String.fromCharCode(65 + j)}${i + 1}`
      if (typeof cell === 'object') return `<c r="${at}"><v>${cell.n}</v></c>`
      return cell === '' ? '' : `<c r="${at}" t="inlineStr"><is><t>${cell}</t></is></c>`
    })
    return `<row r="${i + 1}">${inner.join('')}</row>`
  })
  const link = (id: string, type: string, target: string) =>
    `<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="${id}" Type="${DOCUMENT}/${type}" Target="${target}"/></Relationships>`
  const types = ['rels', 'xml'].map((one) => {
    const type = one === 'rels' ? 'application/vnd.openxmlformats-package.relationships+xml' : 'application/xml'
    return `<Default Extension="${one}" ContentType="${type}"/>`
  })
  return zip({
    '[Content_Types].xml': `<Types xmlns="${PACKAGE}/content-types">${types.join('')}</Types>`,
    '_rels/.rels': link('rId1', 'officeDocument', 'xl/workbook.xml'),
    'xl/workbook.xml': `<workbook xmlns="${MAIN}" xmlns:r="${DOCUMENT}"><sheets><sheet name="${sheet}" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': link('rId1', 'worksheet', 'worksheets/sheet1.xml'),
    'xl/worksheets/sheet1.xml': `<worksheet xmlns="${MAIN}"><sheetData>${cells.join('')}</sheetData></worksheet>`,
  })
}

/** Files stored as they are (APPNOTE.TXT 4.3). */
function zip(files: Record<string, string>): Buffer {
  const parts: Buffer[] = []
  const central: Buffer[] = []
  let offset = 0
  for (const [path, text] of Object.entries(files)) {
    const [name, data] = [Buffer.from(path), Buffer.from(text)]
    const about = Buffer.alloc(26)
    about.writeUInt16LE(20, 0)
    about.writeUInt32LE(crc32(data), 10)
    about.writeUInt32LE(data.length, 14)
    about.writeUInt32LE(data.length, 18)
    about.writeUInt16LE(name.length, 22)
    const local = Buffer.concat([Buffer.from('504b0304', 'hex'), about, name, data])
    const place = Buffer.alloc(14)
    place.writeUInt32LE(offset, 10)
    central.push(Buffer.concat([Buffer.from('504b01021400', 'hex'), about, place, name]))
    parts.push(local)
    offset += local.length
  }
  const directory = Buffer.concat(central)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(central.length, 8)
  end.writeUInt16LE(central.length, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...parts, directory, end])
}
