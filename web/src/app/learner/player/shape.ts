/** How an item is shown, by its file's extension and whether it is of the pages' own origin. */

/**
 * `video` and `audio` play here; `document` is read here, page by page; `link` opens in a tab of its own, since its
 * pages cannot be seen from here; `elsewhere` has no file: another platform plays it.
 */
export type Shape = 'video' | 'audio' | 'document' | 'link' | 'elsewhere'

const AUDIO = /\.(mp3|m4a|aac|oga|ogg|opus|wav|flac)$/u
const PAGES = /(\.html?|\/)$/u
const FILES = /\.(pdf|docx?|pptx?|xlsx?|odt|odp|epub|zip)$/u

/** The shape of an item whose type and file these are; `page` is the address of the page that shows it. */
export function shapeOf(
  item: { readonly type: string; readonly mediaUrl: string | null },
  page: string,
): Shape {
  if (item.mediaUrl === null) return 'elsewhere'
  const file = new URL(item.mediaUrl, page)
  const name = file.pathname.toLowerCase()
  const reading = item.type === 'document' || PAGES.test(name) || FILES.test(name)
  if (!reading) return AUDIO.test(name) ? 'audio' : 'video'
  return file.origin === new URL(page).origin && !FILES.test(name) ? 'document' : 'link'
}
