import type { Translation } from '../../../strings'
import type { en } from './en'

export const es: Translation<typeof en> = {
  title: 'Qué significan estas cifras',
  link: '¿Qué significan estas cifras?',
  example: 'Por ejemplo:',
  one: 'Un contenido',
  progress: 'Progreso',
  progressText:
    '100 % en cuanto el contenido está completado, de la manera que sea; antes, 99 % como mucho. Las partes siempre se redondean hacia abajo.',
  progressExample: 'Se completa con el 90 %, y usted se detiene en el 91 %: muestra 100 %.',
  coverage: 'Visto, leído',
  coverageText: 'La parte del contenido que se reprodujo o se leyó, cada parte una vez.',
  coverageExample: 'Ve dos veces la primera mitad: 50 %.',
  completed: 'Completado',
  completedText:
    'Se vio lo suficiente (el 90 %, salvo que su organización diga otra cosa), o alguien lo marcó. Conserva su fecha, cambie lo que cambie después.',
  completedExample: 'Un año después el contenido se alarga: el suyo sigue completado.',
  attempt: 'Hacerlo de nuevo',
  attemptText: 'Un intento nuevo empieza de cero. Lo completado antes se conserva, con su fecha.',
  attemptExample: 'Renueva un curso cada año: tres años son tres veces completado.',
  time: 'Tiempo',
  watchTime: 'Tiempo de visionado',
  watchTimeText:
    'Tiempo de reloj mientras algo se reproducía o se leía. Las pausas no cuentan, ni dos veces el mismo tiempo.',
  watchTimeExample:
    'Diez minutos en dos ventanas a la vez son diez minutos; una hora al doble de velocidad es media hora.',
  clocks: 'Relojes mal puestos, sin conexión',
  clocksText:
    'Lo que se ve sin conexión se envía después con sus propias horas; un reloj mal puesto se corrige.',
  clocksExample: 'Diez minutos en un teléfono adelantado tres días cuentan hoy, como diez minutos.',
  people: 'Personas y equipos',
  overall: 'Progreso total',
  overallText:
    'La media de todo lo que es obligatorio para una persona; si nada lo es, de lo que abrió. Lo opcional nunca la baja. La de un equipo es la media de sus personas.',
  overallExample: 'Todo lo obligatorio está hecho y ocho películas opcionales están empezadas: 100 %.',
  overdue: 'Vencido',
  overdueText:
    'Obligatorio, con la fecha pasada y sin completar. La fecha propia va antes que la del equipo, y la del equipo antes que la de todos. Quien llega después de la fecha no lo tiene vencido.',
  overdueExample: 'El equipo tenía hasta ayer, y usted hasta marzo: no lo tiene vencido.',
  support: 'Necesita apoyo',
  supportText:
    'Algo está vencido; o la persona va muy por detrás de la mitad del equipo; o no tuvo actividad en dos semanas mientras queda algo abierto.',
  supportExample: 'Quien terminó todo hace 20 días no necesita apoyo.',
  items: 'Contenidos en los informes',
  assigned: 'Asignado, empezado, sin empezar',
  assignedText:
    'Asignados son todos para quienes el contenido es obligatorio; empezado, por quien lo abrió; sin empezar, por quien lo tiene asignado y nunca lo abrió.',
  assignedExample:
    'Obligatorio para seis y completado por la única persona que lo abrió: 16 % de los asignados, 100 % de quienes empezaron.',
  archived: 'Contenidos archivados, personas que se fueron',
  archivedText: 'No están en las cifras de hoy y se conservan en el historial.',
  archivedExample: 'Una película a medio ver se archiva: ya no baja el progreso de nadie.',
}
