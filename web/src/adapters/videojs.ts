/** A plugin of Video.js. It follows the player rather than its element, so any tech will do, and may change. */

import type { MediaLike, Playhead, TimeRangesLike } from '../sdk'
import { attachResuming, type Attached, type ResumingOptions } from './attach'

export type { Attached, ResumingOptions } from './attach'

/** What is used of a player of Video.js. */
export interface VideoJsPlayer {
  currentTime(): number | undefined
  currentTime(seconds: number): unknown
  duration(): number | undefined
  paused(): boolean
  ended(): boolean
  seeking(): boolean
  playbackRate(): number | undefined
  loop(): boolean | undefined
  played(): TimeRangesLike
  ready(callback: () => void): void
  on(event: string, listener: (event: Event) => void): void
  off(event: string, listener: (event: Event) => void): void
  one(event: string, listener: () => void): void
}

/** Options of the plugin. */
export interface VideoJsOptions extends ResumingOptions {
  playhead: Playhead
}

const attachments = new WeakMap<VideoJsPlayer, Attached>()

/** Make `player.playhead({ playhead, contentId })` of a Video.js, the module or the global. */
export function registerPlayhead(videojs: { registerPlugin(name: string, plugin: unknown): unknown }): void {
  videojs.registerPlugin('playhead', function (this: VideoJsPlayer, options: VideoJsOptions): Attached {
    return attachVideoJs(this, options)
  })
}

/** Save what a player plays, until it is disposed of, or attached again for the next item. */
export function attachVideoJs(player: VideoJsPlayer, { playhead, ...options }: VideoJsOptions): Attached {
  attachments.get(player)?.detach()
  const seek = (seconds: number): void => {
    player.ready(() => player.currentTime(seconds))
  }
  const attached = attachResuming(playhead, mediaOf(player), options, seek)
  attachments.set(player, attached)
  player.one('dispose', () => {
    attached.detach()
  })
  return attached
}

function mediaOf(player: VideoJsPlayer): MediaLike {
  return {
    get currentTime() {
      return player.currentTime() ?? 0
    },
    get duration() {
      return player.duration() ?? NaN
    },
    get paused() {
      return player.paused()
    },
    get ended() {
      return player.ended()
    },
    get seeking() {
      return player.seeking()
    },
    get playbackRate() {
      return player.playbackRate() ?? 1
    },
    get loop() {
      return player.loop() ?? false
    },
    get played() {
      return player.played()
    },
    addEventListener: (type, listener) => {
      player.on(type, listener)
    },
    removeEventListener: (type, listener) => {
      player.off(type, listener)
    },
  }
}
