/** How saving fares, in a word for the person. */
import type { SavingState, TrackerState } from '../../../sdk'

/** `none`: there was nothing to save yet. `kept`: it waits on this device. `failing`: three times in a row. */
export type SavingWord = 'none' | 'saved' | 'saving' | 'kept' | 'failing'

/** `begun`: whether there was anything to save; `connected`: whether the browser says that there is a network. */
export function savingWord(
  state: Pick<SavingState | TrackerState, 'saving' | 'online'>,
  begun: boolean,
  connected: boolean,
): SavingWord {
  if (state.saving === 'saved') return begun ? 'saved' : 'none'
  if (!connected) return 'kept'
  if (state.saving === 'failing') return 'failing'
  return state.saving === 'waiting' && !state.online ? 'kept' : 'saving'
}
