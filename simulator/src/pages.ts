// The pages of the nginx in front of WeChat.

// nginx's own phrases, not those of RFC 9110.
const PHRASES = {
  400: 'Bad Request',
  404: 'Not Found',
  405: 'Not Allowed',
  413: 'Request Entity Too Large',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
} as const
export type PageStatus = keyof typeof PHRASES

/** The page nginx answers with a status; `text` adds its line about certificates. */
export function nginxPage(status: PageStatus, text?: string): string {
  const heading = `${status} ${PHRASES[status]}`
  const line = text === undefined ? '' : `<center>${text}</center>\r\n`
  const title = text === undefined ? heading : `${status} ${text}`
  return (
    `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${heading}</h1></center>\r\n${line}` +
    '<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n'
  )
}
