/**
 * What every host page here does: it makes a `playhead` from what its address says, and lets the test look.
 * `endpoint`, `item`, `every` (seconds between saves), and `token`: several are handed out one after the other, the
 * last one for ever.
 */
import { createPlayhead } from '/dist/sdk.js'

const query = new URLSearchParams(location.search)
const tokens = query.getAll('token')

export const host = {
  /** What was reported, as `[event, detail]`. */
  events: [],
  tokensAsked: 0,
  playhead: null,
  tracker: null,
}
window.host = host

host.playhead = createPlayhead({
  endpoint: query.get('endpoint'),
  token: () => tokens[Math.min(host.tokensAsked++, tokens.length - 1)],
})
note(host.playhead, ['saving', 'saved', 'offline', 'online', 'error'])

/** Follow a medium: one line, as a host page has it. */
export function follow(media, item = query.get('item')) {
  const tracker = host.playhead.attach(media, {
    contentId: item,
    saveEverySeconds: Number(query.get('every') ?? 2),
  })
  note(tracker, ['completed'])
  host.tracker ??= tracker
  return tracker
}

function note(target, names) {
  for (const name of names) {
    target.addEventListener(name, ({ detail }) => host.events.push([name, structuredClone(detail)]))
  }
}
