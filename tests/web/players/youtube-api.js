/**
 * The part of YouTube's IFrame API that the adapter uses, speaking to its frame as the service's own does: JSON texts of
 * `listening` and `command` go in, `initialDelivery`, `onReady`, `infoDelivery` and `onStateChange` come out.
 */
class Player {
  #frame
  #info = {}
  #listeners = new Map()

  constructor(frame, { events }) {
    this.#frame = frame
    addEventListener('message', ({ source, data }) => {
      if (source !== frame.contentWindow) return
      const { event, info } = JSON.parse(data)
      if (event === 'initialDelivery' || event === 'infoDelivery') Object.assign(this.#info, info)
      if (event === 'onReady') events.onReady({ target: this })
      if (event === 'onStateChange') this.#info.playerState = info
      for (const listener of this.#listeners.get(event) ?? []) listener({ target: this, data: info })
    })
    frame.addEventListener('load', () => this.#post({ event: 'listening' }))
  }

  getCurrentTime = () => this.#info.currentTime ?? 0
  getDuration = () => this.#info.duration ?? 0
  getPlaybackRate = () => this.#info.playbackRate ?? 1
  getPlayerState = () => this.#info.playerState ?? -1
  playVideo = () => this.#command('playVideo')
  pauseVideo = () => this.#command('pauseVideo')
  seekTo = (...args) => this.#command('seekTo', args)
  setPlaybackRate = (rate) => this.#command('setPlaybackRate', [rate])

  addEventListener(event, listener) {
    this.#listeners.set(event, (this.#listeners.get(event) ?? new Set()).add(listener))
    this.#command('addEventListener', [event])
  }

  removeEventListener(event, listener) {
    this.#listeners.get(event)?.delete(listener)
  }

  #command(func, args = []) {
    this.#post({ event: 'command', func, args })
  }

  #post(message) {
    this.#frame.contentWindow.postMessage(JSON.stringify({ ...message, id: 1, channel: 'widget' }), '*')
  }
}

window.YT = { Player }
