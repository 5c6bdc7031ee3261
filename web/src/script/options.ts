/** What a tag says, by its `data-` attributes. */

/** The options of a tag. */
export interface TagOptions {
  readonly contentId: string
  /** Origin of the service; by default that of the script. */
  readonly endpoint: string
  /** Where the host's backend gives a token. */
  readonly tokenUrl: string
  /** Selects the player. */
  readonly media: string
  readonly resume: boolean
  readonly saveEverySeconds: number | null
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/iu
const ANY_PLAYER = 'video, audio'

/** A tag's options, or what is wrong with each of its attributes, for the developer to read. */
export function optionsOf(tag: HTMLScriptElement): TagOptions | { readonly wrong: readonly string[] } {
  const { contentId = '', tokenUrl = '', media = ANY_PLAYER, resume = 'on', saveEvery } = tag.dataset
  const saveEverySeconds = saveEvery === undefined ? null : Number(saveEvery)
  const wrong = [
    UUID.test(contentId) ? null : `data-content-id is to be the item's UUID, not "${contentId}".`,
    addressOf(tokenUrl)
      ? null
      : 'data-token-url is to be an address of the page’s own site, such as "/playhead-token".',
    'token' in tag.dataset
      ? 'data-token is not read: a token in the page is copied, logged and cached with it. Use data-token-url.'
      : null,
    isSelector(media) ? null : `data-media is no selector: "${media}".`,
    ['on', 'off'].includes(resume) ? null : `data-resume is "on" or "off", not "${resume}".`,
    saveEverySeconds === null || saveEverySeconds > 0
      ? null
      : `data-save-every is to be seconds, not "${saveEvery ?? ''}".`,
  ].filter((each) => each !== null)
  const endpoint = tag.dataset['endpoint'] ?? new URL(tag.src, location.href).origin
  if (wrong.length) return { wrong }
  return {
    contentId,
    endpoint,
    tokenUrl: addressOf(tokenUrl) ?? '',
    media,
    resume: resume === 'on',
    saveEverySeconds,
  }
}

/** The address in full; null where it is none, or of another origin, which the person's cookie would not reach. */
function addressOf(value: string): string | null {
  if (!value || !URL.canParse(value, location.href)) return null
  const url = new URL(value, location.href)
  return url.origin === location.origin ? url.href : null
}

function isSelector(value: string): boolean {
  try {
    document.createDocumentFragment().querySelector(value)
    return true
  } catch {
    return false // a SyntaxError: not a selector
  }
}
