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
  edition: 'New edition',
  editionNote: 'The item has changed. Completions of before stay, with their dates, whichever you choose.',
  editionKeep: 'Keep everyone’s progress',
  editionBegin: 'Everyone begins again',
  editionConfirm: 'Everyone who opened this item begins it again. This cannot be undone. Go on?',
  editionFailed: 'The edition was not published. Try again.',
  editionKept: 'Published. Progress is kept.',
  editionBegun: 'Published. Attempts begin in the background, within a minute.',
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
  edition: 'Neue Ausgabe',
  editionNote:
    'Der Inhalt hat sich geändert. Bisherige Abschlüsse bleiben mit ihrem Datum, was auch immer Sie wählen.',
  editionKeep: 'Fortschritt aller behalten',
  editionBegin: 'Alle beginnen neu',
  editionConfirm:
    'Alle, die diesen Inhalt geöffnet haben, beginnen neu. Das lässt sich nicht rückgängig machen. Fortfahren?',
  editionFailed: 'Die Ausgabe wurde nicht veröffentlicht. Versuchen Sie es noch einmal.',
  editionKept: 'Veröffentlicht. Der Fortschritt bleibt.',
  editionBegun: 'Veröffentlicht. Die Versuche beginnen im Hintergrund, innerhalb einer Minute.',
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
  edition: 'Nueva edición',
  editionNote: 'El contenido ha cambiado. Lo completado antes se conserva con su fecha, elija lo que elija.',
  editionKeep: 'Conservar el progreso de todos',
  editionBegin: 'Todos empiezan de nuevo',
  editionConfirm:
    'Todos los que abrieron este contenido lo empiezan de nuevo. No se puede deshacer. ¿Continuar?',
  editionFailed: 'La edición no se ha publicado. Inténtelo de nuevo.',
  editionKept: 'Publicada. El progreso se conserva.',
  editionBegun: 'Publicada. Los intentos empiezan en segundo plano, en menos de un minuto.',
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
  edition: 'إصدار جديد',
  editionNote: 'تغيّر المحتوى. تبقى الإكمالات السابقة بتواريخها أيًّا كان اختيارك.',
  editionKeep: 'إبقاء تقدّم الجميع',
  editionBegin: 'يبدأ الجميع من جديد',
  editionConfirm: 'سيبدأ كل من فتح هذا المحتوى من جديد. لا يمكن التراجع. هل تتابع؟',
  editionFailed: 'لم يُنشر الإصدار. حاول مرة أخرى.',
  editionKept: 'نُشر. التقدّم باقٍ.',
  editionBegun: 'نُشر. تبدأ المحاولات في الخلفية خلال دقيقة.',
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
