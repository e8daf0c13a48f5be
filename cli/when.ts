// Times for people: Beijing's, as in WeChat's own bills, wherever the machine stands; always with the zone.

const OFFSET_MS = 8 * 3_600_000
const ZONE = '+08:00'

/** Unix seconds as 2025-01-31 08:05:09+08:00. */
export function when(unix_s: number): string {
  return `${dateTime(unix_s).slice(0, 19)}${ZONE}`
}

/** 2025-01-31 08:05:09, for a column whose head names the zone. */
export function wallClock(unix_s: number): string {
  return dateTime(unix_s).slice(0, 19)
}

/** 2025-01-31 08:05, for a narrow column whose head names the zone. */
export function minuteOf(unix_s: number): string {
  return dateTime(unix_s).slice(0, 16)
}

function dateTime(unix_s: number): string {
  return inBeijing(unix_s * 1000).replace('T', ' ')
}

/** The time of day: 08:05:09+08:00. */
export function timeOfDay(unix_ms: number): string {
  return `${inBeijing(unix_ms).slice(11, 19)}${ZONE}`
}

/** WeChat's own times are Beijing's and do not say so; other texts stay as they are. */
export function zoned(text: string): string {
  return /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text) ? `${text}${ZONE}` : text
}

/** Beijing has had no daylight saving time since 1991. */
function inBeijing(unix_ms: number): string {
  return new Date(unix_ms + OFFSET_MS).toISOString()
}
