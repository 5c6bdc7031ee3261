/** YouTube's embedded player, by its IFrame API. */

import type { Playhead } from '../sdk'
import { attachResuming, type Attached, type ResumingOptions } from './attach'
import { RemoteMedia } from './remote-media'

export type { Attached, ResumingOptions } from './attach'

/** What is used of a `YT.Player` that is ready. */
export interface YouTubePlayer {
  getCurrentTime(): number
  getDuration(): number
  getPlaybackRate(): number
  getPlayerState(): number
  seekTo(seconds: number, allowSeekAhead: boolean): void
  addEventListener(event: string, listener: (event: { data: number }) => void): void
  removeEventListener(event: string, listener: (event: { data: number }) => void): void
}

/** `YT.PlayerState`. */
const ENDED = 0
const PLAYING = 1
const PAUSED = 2
/** The API has no event for the position; its own messages come four times a second. */
const LOOK_MS = 250

/**
 * Save what is played in a `YT.Player`, and go on where the person was as it begins to play. Call it in `onReady`; a
 * player that is not ready has no position yet.
 */
export function attachYouTube(playhead: Playhead, player: YouTubePlayer, options: ResumingOptions): Attached {
  let looking: ReturnType<typeof setInterval> | undefined
  let resumeAt: number | null = null
  const look = (): void => {
    media.lasts(player.getDuration())
    media.changedRate(player.getPlaybackRate())
    if (player.getPlayerState() === PLAYING) media.moves(player.getCurrentTime())
  }
  const became = ({ data: state }: { data: number }): void => {
    media.lasts(player.getDuration())
    if (state === PLAYING) begin()
    else if (state === PAUSED) media.stops(player.getCurrentTime())
    else if (state === ENDED) media.finishes(player.getDuration())
  }
  const begin = (): void => {
    media.plays(player.getCurrentTime())
    if (resumeAt === null) return
    player.seekTo(resumeAt, true)
    resumeAt = null
  }
  const changedRate = ({ data: rate }: { data: number }): void => {
    media.moves(player.getCurrentTime())
    media.changedRate(rate)
  }
  const media = new RemoteMedia(
    () => {
      player.addEventListener('onStateChange', became)
      player.addEventListener('onPlaybackRateChange', changedRate)
      looking = setInterval(look, LOOK_MS)
    },
    () => {
      clearInterval(looking)
      player.removeEventListener('onStateChange', became)
      player.removeEventListener('onPlaybackRateChange', changedRate)
    },
  )
  media.lasts(player.getDuration())
  media.changedRate(player.getPlaybackRate())
  if (player.getPlayerState() === PLAYING) media.plays(player.getCurrentTime())
  return attachResuming(playhead, media, options, (seconds) => {
    // A video that is only cued would begin to play if it were sought now.
    if (media.paused) resumeAt = seconds
    else player.seekTo(seconds, true)
  })
}
