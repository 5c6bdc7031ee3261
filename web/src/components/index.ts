/**
 * Playhead's components: framework-neutral custom elements. Properties go in, events come out; none fetches anything.
 * Importing this registers all of them. The reference is docs/components.md.
 */
export { PlayheadContinueWatching } from './continue-watching'
export type { ContinueWatchingItem } from './continue-watching'
export type { ToastClosing } from './define'
export { PlayheadMarkComplete } from './mark-complete'
export { PlayheadProgress } from './progress'
export type { ProgressStatus } from './progress'
export { coverage, normalized, rangesOf } from './ranges'
export type { Range } from './ranges'
export { PlayheadResumePrompt } from './resume-prompt'
export { PlayheadScrubber } from './scrubber'
export { PlayheadThumbnail } from './thumbnail'
export { PlayheadToast } from './toast'
export type { ToastTone } from './toast'
