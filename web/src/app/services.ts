/** What pages work with. Built once, in `main.ts`, and handed down as a property. */
import type { Api } from '../api/client'
import type { Me } from '../api/types'
import type { ToastTone } from '../components'
import type { Playhead } from '../sdk'

export interface Services {
  readonly api: Api
  readonly playhead: Playhead
  readonly me: Me
  /** Go to a page by its path. */
  readonly go: (path: string) => void
  /** What the page is called, in the browser's own list of tabs and history. */
  readonly title: (text: string) => void
  /** A short message at the foot of the page, said to screen readers too. What it returns takes it back, if it is there. */
  readonly notify: (message: string, tone?: ToastTone) => () => void
}
