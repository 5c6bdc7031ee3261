/** From a tag to a tracker: the options, the player once it is there, and events for the page. */

import { attachResuming, type Attached } from '../adapters/attach'
import { createPlayhead, type Playhead } from '../sdk'
import { fetchToken } from './fetch-token'
import { optionsOf, type TagOptions } from './options'

/** Of a page: tags of one service and one address for tokens share a `playhead`, and so its queue. */
const shared = new Map<string, Playhead>()

/** Follow the player that a tag names, now or when it appears. What is wrong with the tag is said on the console. */
export function begin(tag: HTMLScriptElement): void {
  const options = optionsOf(tag)
  if ('wrong' in options) {
    for (const each of options.wrong) console.error(`playhead.js: ${each}`)
    return
  }
  const playhead = sharedPlayhead(options)
  whenThere(options.media, (media) => {
    announce(tag, media, follow(playhead, media, options))
  })
}

function sharedPlayhead({ endpoint, tokenUrl }: TagOptions): Playhead {
  const key = `${endpoint} ${tokenUrl}`
  const playhead = shared.get(key) ?? createPlayhead({ endpoint, token: () => fetchToken(tokenUrl) })
  shared.set(key, playhead)
  return playhead
}

function follow(playhead: Playhead, media: HTMLMediaElement, options: TagOptions): Attached {
  const { contentId, resume, saveEverySeconds } = options
  const given = { contentId, resume, ...(saveEverySeconds !== null && { saveEverySeconds }) }
  return attachResuming(playhead, media, given, (seconds) => {
    media.currentTime = seconds
  })
}

/** The page hears of the tracker by events of the element, as it hears of everything else that happens to it. */
function announce(tag: HTMLScriptElement, media: HTMLMediaElement, { tracker, detach }: Attached): void {
  const say = (name: string, detail: unknown): void => {
    media.dispatchEvent(new CustomEvent(`playhead:${name}`, { detail, bubbles: true }))
  }
  for (const name of ['progress', 'completed', 'saving', 'error'] as const) {
    tracker.addEventListener(name, ({ detail }) => {
      say(name, detail)
    })
  }
  tracker.addEventListener('error', ({ detail }) => {
    console.warn(`playhead.js: ${detail.message}`)
  })
  say('attached', { tracker, detach, tag })
}

/** The first that the selector finds, now or later: pages draw their players when they please. */
function whenThere(selector: string, found: (media: HTMLMediaElement) => void): void {
  const look = (): boolean => {
    const media = document.querySelector(selector)
    if (!(media instanceof HTMLMediaElement)) return false
    found(media)
    return true
  }
  if (look()) return
  const observer = new MutationObserver(() => {
    if (look()) observer.disconnect()
  })
  observer.observe(document, { childList: true, subtree: true })
}
