// Times for people: local, to the second, and sortable.

/** Unix seconds as 2025-01-31 08:05:09, in the machine's time zone. */
export function when(unix_s: number): string {
  const at = new Date(unix_s * 1000)
  const two = (n: number) => String(n).padStart(2, '0')
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
  return `${date} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`
}
