/** The wrappers of React and Vue, mounted: they attach, show, resume, attach again and detach. */

import { act, createElement, StrictMode, type ReactElement } from 'react'
import { createRoot } from 'react-dom/client'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createApp, defineComponent, h, nextTick, shallowRef } from 'vue'

import { useMedia as useMediaInReact } from './react'
import { begun, recordingPlayhead, type RecordingPlayhead } from './testing'
import { useMedia as useMediaInVue } from './vue'

const ITEM = '7b0b2a4e-6c1e-4a37-9f0b-0d6d2c0f5a11'
const OTHER = '1c0c9d0e-8f57-4f0e-9a5b-0a4ed9f1a0b2'

let place: HTMLElement
beforeEach(() => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
  place = document.createElement('div')
  document.body.append(place)
})

function video(): HTMLVideoElement {
  const found = place.querySelector('video')
  if (!found) expect.fail('there is no video')
  return found
}

/** Play from here to there, as far as an element without a decoder can. */
function plays(media: HTMLVideoElement, from: number, to: number): void {
  let paused = false
  let at = from
  Object.defineProperties(media, {
    paused: { get: () => paused, configurable: true },
    currentTime: { get: () => at, set: (value: number) => (at = value), configurable: true },
    duration: { get: () => 60, configurable: true },
    playbackRate: { get: () => 1, configurable: true },
    seeking: { get: () => false, configurable: true },
    ended: { get: () => false, configurable: true },
    played: { get: () => ({ length: 1, start: () => from, end: () => at }), configurable: true },
  })
  media.dispatchEvent(new Event('play'))
  at = to
  media.dispatchEvent(new Event('timeupdate'))
  paused = true
  media.dispatchEvent(new Event('pause'))
}

/** Attached now. */
function items(playhead: RecordingPlayhead): string[] {
  return playhead.attached.filter(({ attached }) => attached).map(({ contentId }) => contentId)
}

/** One of either kind on the page. */
interface Mounted {
  change(playhead: RecordingPlayhead, contentId: string): Promise<void>
  settle(action?: () => void): Promise<void>
  unmount(): Promise<void>
}

const kinds: Record<string, (playhead: RecordingPlayhead) => Promise<Mounted>> = {
  react: async (playhead) => {
    function Player({ service, item }: { service: RecordingPlayhead; item: string }): ReactElement {
      const { ref, state } = useMediaInReact(service, { contentId: item })
      return createElement(
        'p',
        null,
        createElement('video', { ref }),
        `${state?.positionSeconds ?? 'none'} s`,
      )
    }
    const root = createRoot(place)
    const settle = async (action: () => void = () => undefined): Promise<void> => {
      await act(() => {
        action()
        return Promise.resolve()
      })
    }
    const change = (service: RecordingPlayhead, item: string): Promise<void> =>
      settle(() => {
        root.render(createElement(StrictMode, null, createElement(Player, { service, item })))
      })
    await change(playhead, ITEM)
    return {
      change,
      settle,
      unmount: () =>
        settle(() => {
          root.unmount()
        }),
    }
  },
  vue: async (playhead) => {
    const service = shallowRef(playhead)
    const item = shallowRef(ITEM)
    const Player = defineComponent(() => {
      const media = shallowRef<HTMLVideoElement | null>(null)
      const { state } = useMediaInVue(service, media, () => ({ contentId: item.value }))
      return () => h('p', [h('video', { ref: media }), `${state.value?.positionSeconds ?? 'none'} s`])
    })
    const app = createApp(Player)
    app.mount(place)
    const settle = async (action: () => void = () => undefined): Promise<void> => {
      action()
      await nextTick()
      await nextTick()
    }
    await settle()
    return {
      change: (next, contentId) =>
        settle(() => {
          service.value = next
          item.value = contentId
        }),
      settle,
      unmount: () =>
        settle(() => {
          app.unmount()
        }),
    }
  },
}

describe.each(Object.keys(kinds))('the wrapper of %s', (kind) => {
  const mount = (playhead: RecordingPlayhead): Promise<Mounted> =>
    kinds[kind]?.(playhead) ?? expect.fail('no such wrapper')

  it('saves what is played, shows it, and detaches as it is unmounted', async () => {
    const playhead = recordingPlayhead()
    const mounted = await mount(playhead)
    expect(items(playhead)).toEqual([ITEM])
    await mounted.settle(() => {
      plays(video(), 0, 5)
    })
    expect(place.textContent).toBe('5 s')
    expect(playhead.saved).toMatchObject([
      { contentId: ITEM, event: 'pause', metadata: { watchedSegments: [[0, 5]] } },
    ])
    await mounted.unmount()
    expect(items(playhead)).toEqual([])
  })

  it('goes on where the person was', async () => {
    const mounted = await mount(recordingPlayhead(begun(34)))
    await mounted.settle()
    expect(video().currentTime).toBe(34)
    await mounted.unmount()
  })

  it('is attached again for another item, and for another person', async () => {
    const playhead = recordingPlayhead()
    const mounted = await mount(playhead)
    await mounted.change(playhead, OTHER)
    expect(items(playhead)).toEqual([OTHER])
    const theirs = recordingPlayhead()
    await mounted.change(theirs, OTHER)
    expect([items(playhead), items(theirs)]).toEqual([[], [OTHER]])
    await mounted.unmount()
  })
})
