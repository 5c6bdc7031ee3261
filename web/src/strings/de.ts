import type { Translation } from './catalogue'
import type { en } from './en'

/** Deutsch. */
export const de: Translation<typeof en> = {
  progress: 'Fortschritt',
  completed: 'Abgeschlossen',
  notStarted: 'Nicht begonnen',
  seek: 'Wiedergabeposition',
  watchedMap: 'Gesehene Abschnitte',
  positionOf: (position, duration) => `${position} von ${duration}`,
  fromTo: (from, to) => `von ${from} bis ${to}`,
  watchedParts: (parts, percentage) => `Gesehen: ${parts}; ${percentage}`,
  watchedNothing: 'Noch nichts gesehen',
  watchedPercentage: (percentage) => `${percentage} gesehen`,
  continueFrom: (time) => `Bei ${time} fortsetzen?`,
  resume: 'Fortsetzen',
  startOver: 'Von vorn beginnen',
  close: 'Schließen',
  contentCompleted: 'Gut gemacht! Der Inhalt ist als abgeschlossen markiert.',
  continueWatching: 'Weiterschauen',
  timeLeft: (time) => `Noch ${time}`,
  remove: (title) => `„${title}“ aus „Weiterschauen“ entfernen`,
  removed: 'Entfernt',
  undo: 'Rückgängig',
  undoRemoval: (title) => `Rückgängig: „${title}“ behalten`,
  nothingToContinue: 'Nichts zum Weiterschauen',
  nothingToContinueHint: 'Was Sie begonnen und noch nicht zu Ende gesehen haben, wartet hier auf Sie.',
  loading: 'Wird geladen …',
  scrollBack: 'Vorherige Inhalte zeigen',
  scrollForward: 'Weitere Inhalte zeigen',
  markComplete: 'Als abgeschlossen markieren',
  undoCompletion: 'Rückgängig: als nicht abgeschlossen markieren',
}
