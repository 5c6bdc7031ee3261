/** The part of an item's address that asks to go on at once: of cards that say what they go on with. */
const RESUME = 'resume'

export function resumingAddress(contentId: string): string {
  return `/watch/${contentId}?${RESUME}`
}

/** Whether the address asks for it. It does so once: a reload, or coming back, asks the person instead. */
export function takeResuming(): boolean {
  const address = new URL(location.href)
  if (!address.searchParams.has(RESUME)) return false
  address.searchParams.delete(RESUME)
  history.replaceState(history.state, '', address)
  return true
}
