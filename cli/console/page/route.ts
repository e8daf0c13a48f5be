// Which view is shown, with which filter and which packet: all of it stands in the address, so that back, forward and reload work.
import { computed, signal } from '@preact/signals'

export const VIEWS = ['overview', 'packets', 'campaigns'] as const
export type View = (typeof VIEWS)[number]

const hash = signal(location.hash)
addEventListener('hashchange', () => {
  hash.value = location.hash
})

export const route = computed(() => {
  const [path = '', query = ''] = hash.value.replace(/^#\/?/, '').split('?', 2)
  const view = VIEWS.find((one) => one === path) ?? 'overview'
  return { view, params: new URLSearchParams(query) }
})

/** The address of a view. What is empty is left out. */
export function linkTo(view: View, params: Record<string, string | undefined> = {}): string {
  const given = new URLSearchParams()
  for (const [name, value] of Object.entries(params)) if (value) given.set(name, value)
  const query = given.toString()
  return `#/${view}${query && `?${query}`}`
}

/** The same view with other parameters. */
export function linkWith(changes: Record<string, string | undefined>): string {
  const { view, params } = route.value
  return linkTo(view, { ...Object.fromEntries(params), ...changes })
}

/** `quietly`: without a step back. */
export function go(link: string, quietly = false): void {
  if (quietly) {
    history.replaceState(null, '', link)
    hash.value = link
  } else location.hash = link
}
