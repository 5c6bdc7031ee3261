import type { Translation } from './catalogue'
import type { en } from './en'

/** Español. */
export const es: Translation<typeof en> = {
  progress: 'Progreso',
  completed: 'Completado',
  notStarted: 'Sin empezar',
  seek: 'Posición de reproducción',
  watchedMap: 'Partes vistas',
  positionOf: (position, duration) => `${position} de ${duration}`,
  fromTo: (from, to) => `de ${from} a ${to}`,
  watchedParts: (parts, percentage) => `Visto: ${parts}; ${percentage}`,
  watchedNothing: 'Aún no se ha visto nada',
  watchedPercentage: (percentage) => `${percentage} visto`,
  continueFrom: (time) => `¿Continuar desde ${time}?`,
  resume: 'Continuar',
  startOver: 'Empezar de nuevo',
  close: 'Cerrar',
  contentCompleted: '¡Buen trabajo! Contenido marcado como completado.',
  continueWatching: 'Seguir viendo',
  timeLeft: (time) => `Quedan ${time}`,
  remove: (title) => `Quitar «${title}» de Seguir viendo`,
  removed: 'Quitado de la lista',
  undo: 'Deshacer',
  undoRemoval: (title) => `Deshacer: conservar «${title}»`,
  nothingToContinue: 'Nada pendiente',
  nothingToContinueHint: 'Lo que empieces y no termines de ver te esperará aquí.',
  loading: 'Cargando…',
  scrollBack: 'Mostrar contenidos anteriores',
  scrollForward: 'Mostrar más contenidos',
  markComplete: 'Marcar como completado',
  undoCompletion: 'Deshacer: marcar como no completado',
}
