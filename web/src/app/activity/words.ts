/** The words of activity by day, which learners and managers share. */
import { messages, plural } from '../../strings'

/** Names of zones stay Latin; isolated, they do not reorder the words around them. */
const latin = (text: string): string => `\u2068${text}\u2069`
const AR_DAYS = { one: 'يوم واحد', two: 'يومين', few: '# أيام', other: '# يومًا' }

export const strings = messages({
  en: {
    activity: 'Watch time by day',
    total: (time: string, days: number) =>
      `${time} in the last ${plural('en', days, { one: '# day', other: '# days' })}`,
    daysOf: (zone: string) => `Days of your time zone, ${zone}.`,
    daysOfOrganisation: (zone: string) => `Days of the organisation's time zone, ${zone}.`,
    unknownZone: (yours: string, zone: string) =>
      `Your device's time zone, ${yours}, is not known here. These are days of the organisation's, ${zone}.`,
    none: (days: number) =>
      `Nothing was watched or read in the last ${plural('en', days, { one: '# day', other: '# days' })}.`,
    day: 'Day',
    watchTime: 'Watch time',
    showTable: 'Show as a table',
  },
  de: {
    activity: 'Angesehene Zeit nach Tagen',
    total: (time, days) => `${time} in den letzten ${plural('de', days, { one: '# Tag', other: '# Tagen' })}`,
    daysOf: (zone) => `Tage deiner Zeitzone, ${zone}.`,
    daysOfOrganisation: (zone) => `Tage der Zeitzone der Organisation, ${zone}.`,
    unknownZone: (yours, zone) =>
      `Die Zeitzone deines Geräts, ${yours}, ist hier nicht bekannt. Gezeigt sind Tage der Zeitzone der Organisation, ${zone}.`,
    none: (days) =>
      `In den letzten ${plural('de', days, { one: '# Tag', other: '# Tagen' })} wurde nichts angesehen oder gelesen.`,
    day: 'Tag',
    watchTime: 'Angesehene Zeit',
    showTable: 'Als Tabelle zeigen',
  },
  es: {
    activity: 'Tiempo visto por día',
    total: (time, days) => `${time} en los últimos ${plural('es', days, { one: '# día', other: '# días' })}`,
    daysOf: (zone) => `Días de tu zona horaria, ${zone}.`,
    daysOfOrganisation: (zone) => `Días de la zona horaria de la organización, ${zone}.`,
    unknownZone: (yours, zone) =>
      `La zona horaria de tu dispositivo, ${yours}, no se conoce aquí. Son días de la zona de la organización, ${zone}.`,
    none: (days) =>
      `No se ha visto ni leído nada en los últimos ${plural('es', days, { one: '# día', other: '# días' })}.`,
    day: 'Día',
    watchTime: 'Tiempo visto',
    showTable: 'Mostrar como tabla',
  },
  ar: {
    activity: 'وقت المشاهدة حسب اليوم',
    total: (time, days) => `${time} خلال آخر ${plural('ar', days, AR_DAYS)}`,
    daysOf: (zone) => `الأيام بتوقيت منطقتك الزمنية، ${latin(zone)}.`,
    daysOfOrganisation: (zone) => `الأيام بتوقيت المنطقة الزمنية للمؤسسة، ${latin(zone)}.`,
    unknownZone: (yours, zone) =>
      `المنطقة الزمنية لجهازك، ${latin(yours)}، غير معروفة هنا. هذه أيام المنطقة الزمنية للمؤسسة، ${latin(zone)}.`,
    none: (days) => `لم يُشاهد أو يُقرأ شيء خلال آخر ${plural('ar', days, AR_DAYS)}.`,
    day: 'اليوم',
    watchTime: 'وقت المشاهدة',
    showTable: 'عرض كجدول',
  },
})
