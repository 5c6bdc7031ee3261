/** Vimeo's embedded player, by `@vimeo/player`. */

import type { Playhead } from '../sdk'
import { attachResuming, type Attached, type ResumingOptions } from './attach'
import { RemoteMedia } from './remote-media'

export type { Attached, ResumingOptions } from './attach'

/** What most events of the player carry. */
interface Place {
  readonly seconds: number
  readonly duration: number
}

/** What is used of a `Vimeo.Player`. */
export interface VimeoPlayer {
  ready(): Promise<void>
  on(event: string, listener: (data: never) => void): void
  off(event: string, listener: (data: never) => void): void
  getDuration(): Promise<number>
  getPaused(): Promise<boolean>
  getCurrentTime(): Promise<number>
  getPlaybackRate(): Promise<number>
  setCurrentTime(seconds: number): Promise<number>
}

/** Save what is played in a `Vimeo.Player`, and go on where the person was. Resolves once the player is ready. */
export async function attachVimeo(
  playhead: Playhead,
  player: VimeoPlayer,
  options: ResumingOptions,
): Promise<Attached> {
  await player.ready()
  const heard = listeners(() => media)
  const media = new RemoteMedia(
    () => {
      for (const [event, listener] of heard) player.on(event, listener)
    },
    () => {
      for (const [event, listener] of heard) player.off(event, listener)
    },
  )
  const [duration, position, rate, paused] = await Promise.all([
    player.getDuration(),
    player.getCurrentTime(),
    player.getPlaybackRate(),
    player.getPaused(),
  ])
  media.lasts(duration)
  media.changedRate(rate)
  media.currentTime = position
  if (!paused) media.plays(position)
  return attachResuming(playhead, media, options, (seconds) => {
    void player.setCurrentTime(seconds).catch(() => null) // a private video may refuse: it plays from its beginning
  })
}

function listeners(of: () => RemoteMedia): [string, (data: never) => void][] {
  return [
    [
      'play',
      ({ seconds }: Place) => {
        of().plays(seconds)
      },
    ],
    [
      'pause',
      ({ seconds }: Place) => {
        of().stops(seconds)
      },
    ],
    [
      'ended',
      ({ duration }: Place) => {
        of().finishes(duration)
      },
    ],
    [
      'seeking',
      () => {
        of().seekingBegan()
      },
    ],
    [
      'seeked',
      ({ seconds }: Place) => {
        of().moves(seconds)
      },
    ],
    [
      'playbackratechange',
      ({ playbackRate }: { playbackRate: number }) => {
        of().changedRate(playbackRate)
      },
    ],
    [
      'timeupdate',
      ({ seconds, duration }: Place) => {
        of().lasts(duration)
        if (!of().seeking) of().moves(seconds)
      },
    ],
  ]
}
