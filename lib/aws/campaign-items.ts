// The ids of campaigns' items. None is 24 hex digits, so none is a record's.

export function campaignItem(id: string): string {
  return `campaign#${id}`
}

export function rowsItem(id: string, n: number): string {
  return `${campaignItem(id)}#rows#${n}`
}

export function headItem(id: string, n: number): string {
  return `${campaignItem(id)}#head#${n}`
}

export function sketchItem(id: string): string {
  return `${campaignItem(id)}#sketch`
}

export function lineItem(mch_id: string): string {
  return `line#${mch_id}`
}

/** In the index of the list, where seq is the time of creation. */
export function campaignListOf(miniapp_id: string): string {
  return `campaigns#${miniapp_id}`
}
