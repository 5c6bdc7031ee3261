/** The words of an item's figures by the people of whom it is required. */
import { messages, plural, type Translation } from '../../../strings'

const en = {
  assigned: 'Assigned',
  ofAssigned: 'Of whom it is required',
  assignedMore: 'people of whom it is required',
  completedOfAssigned: 'of those of whom it is required',
  notBegun: 'Not begun',
  notBegunMore: 'Required, and never opened',
  ofStarted: 'Who opened it',
  rateOfAssigned: 'Rate of assigned',
  rateOfStarted: 'Rate of started',
  who: 'Who',
  anyWho: 'All',
  onlyFormer: 'Who left',
  required: 'Required',
  former: 'Left',
  andFormer: (count: number) =>
    plural('en', count, { one: 'who opened it, and # who left', other: 'who opened it, and # who left' }),
}

const de: Translation<typeof en> = {
  assigned: 'Pflicht',
  ofAssigned: 'Für wen er Pflicht ist',
  assignedMore: 'Personen, für die er Pflicht ist',
  completedOfAssigned: 'von denen, für die er Pflicht ist',
  notBegun: 'Nicht begonnen',
  notBegunMore: 'Pflicht und nie geöffnet',
  ofStarted: 'Wer ihn geöffnet hat',
  rateOfAssigned: 'Quote der Pflicht',
  rateOfStarted: 'Quote der Begonnenen',
  who: 'Wer',
  anyWho: 'Alle',
  onlyFormer: 'Ausgeschiedene',
  required: 'Pflicht',
  former: 'Ausgeschieden',
  andFormer: (count) =>
    plural('de', count, {
      one: 'haben ihn geöffnet, dazu # Ausgeschiedener',
      other: 'haben ihn geöffnet, dazu # Ausgeschiedene',
    }),
}

const es: Translation<typeof en> = {
  assigned: 'Asignado',
  ofAssigned: 'A quién se exige',
  assignedMore: 'personas a las que se exige',
  completedOfAssigned: 'de aquellas a las que se exige',
  notBegun: 'Sin empezar',
  notBegunMore: 'Se les exige y nunca lo abrieron',
  ofStarted: 'Quién lo ha abierto',
  rateOfAssigned: 'Tasa de asignados',
  rateOfStarted: 'Tasa de empezados',
  who: 'Quién',
  anyWho: 'Todos',
  onlyFormer: 'Quienes se fueron',
  required: 'Obligatorio',
  former: 'Se fue',
  andFormer: (count) =>
    plural('es', count, { one: 'lo abrieron, y # que se fue', other: 'lo abrieron, y # que se fueron' }),
}

const ar: Translation<typeof en> = {
  assigned: 'مطلوب',
  ofAssigned: 'ممن طُلب منهم',
  assignedMore: 'أشخاص طُلب منهم',
  completedOfAssigned: 'ممن طُلب منهم',
  notBegun: 'لم يبدأ',
  notBegunMore: 'مطلوب ولم يُفتح قط',
  ofStarted: 'من فتحه',
  rateOfAssigned: 'نسبة المطلوب منهم',
  rateOfStarted: 'نسبة من بدأوا',
  who: 'من',
  anyWho: 'الكل',
  onlyFormer: 'من غادر',
  required: 'مطلوب',
  former: 'غادر',
  andFormer: (count) =>
    plural('ar', count, {
      one: 'فتحوه، وشخص واحد غادر',
      two: 'فتحوه، وشخصان غادرا',
      few: 'فتحوه، و# أشخاص غادروا',
      other: 'فتحوه، و# شخصًا غادروا',
    }),
}

export const itemStrings = messages({ en, de, es, ar })
