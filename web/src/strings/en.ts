/** The components' words. English gives the keys. Times and lengths of time come in already formatted. */
export const en = {
  // playhead-progress
  progress: 'Progress',
  completed: 'Completed',
  notStarted: 'Not started',
  // playhead-scrubber
  seek: 'Seek',
  watchedMap: 'Parts watched',
  positionOf: (position: string, duration: string) => `${position} of ${duration}`,
  fromTo: (from: string, to: string) => `from ${from} to ${to}`,
  watchedParts: (parts: string, percentage: string) => `Watched: ${parts}; ${percentage}`,
  watchedNothing: 'Nothing watched yet',
  watchedPercentage: (percentage: string) => `${percentage} watched`,
  // playhead-resume-prompt
  continueFrom: (time: string) => `Continue from ${time}?`,
  continueOnPage: (page: string) => `Continue on page ${page}?`,
  resume: 'Resume',
  startOver: 'Start over',
  close: 'Close',
  // playhead-toast
  contentCompleted: 'Great job! Content marked as complete.',
  // playhead-continue-watching
  continueWatching: 'Continue watching',
  timeLeft: (time: string) => `${time} left`,
  remove: (title: string) => `Remove “${title}” from Continue watching`,
  removed: 'Removed',
  undo: 'Undo',
  undoRemoval: (title: string) => `Undo: keep “${title}”`,
  nothingToContinue: 'Nothing to continue',
  nothingToContinueHint: 'What you start to watch and do not finish waits for you here.',
  loading: 'Loading…',
  scrollBack: 'Show earlier items',
  scrollForward: 'Show more items',
  // playhead-mark-complete
  markComplete: 'Mark as complete',
  undoCompletion: 'Undo: mark as not complete',
}
