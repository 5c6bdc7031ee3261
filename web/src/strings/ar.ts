import type { Translation } from './catalogue'
import type { en } from './en'

/** العربية */
export const ar: Translation<typeof en> = {
  progress: 'التقدّم',
  completed: 'مكتمل',
  notStarted: 'لم يبدأ بعد',
  seek: 'موضع التشغيل',
  watchedMap: 'الأجزاء التي شوهدت',
  positionOf: (position, duration) => `${position} من ${duration}`,
  fromTo: (from, to) => `من ${from} إلى ${to}`,
  watchedParts: (parts, percentage) => `شوهد: ${parts}؛ ${percentage}`,
  watchedNothing: 'لم يُشاهَد شيء بعد',
  watchedPercentage: (percentage) => `شوهد ${percentage}`,
  continueFrom: (time) => `هل تريد المتابعة من ${time}؟`,
  resume: 'متابعة',
  startOver: 'البدء من جديد',
  close: 'إغلاق',
  contentCompleted: 'أحسنت! تم وضع علامة مكتمل على المحتوى.',
  continueWatching: 'متابعة المشاهدة',
  timeLeft: (time) => `بقي ${time}`,
  remove: (title) => `إزالة «${title}» من متابعة المشاهدة`,
  removed: 'تمت الإزالة',
  undo: 'تراجع',
  undoRemoval: (title) => `تراجع: الاحتفاظ بـ «${title}»`,
  nothingToContinue: 'لا شيء لمتابعته',
  nothingToContinueHint: 'ما تبدأ مشاهدته ولا تكمله ينتظرك هنا.',
  loading: 'جارٍ التحميل…',
  scrollBack: 'عرض العناصر السابقة',
  scrollForward: 'عرض المزيد من العناصر',
  markComplete: 'وضع علامة مكتمل',
  undoCompletion: 'تراجع: وضع علامة غير مكتمل',
}
