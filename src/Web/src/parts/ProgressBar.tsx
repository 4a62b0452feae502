import { useText } from '../i18n/text';
import type { Progress } from '../model/progress';

/** A thin bar while something is on its way; as long as what is known to be done. It takes no room of its own. */
export function ProgressBar({ busy, progress }: { busy: boolean; progress: Progress | null }) {
  const { t } = useText();
  if (!busy) return <div className="progress" />;
  const said = progress === null ? undefined : progress === 'waiting' ? t('progress.waiting') : t('progress.shards', { done: progress.done, asked: progress.asked });
  const counted = progress !== null && progress !== 'waiting' ? progress : null;
  return (
    <>
      <div className="progress" data-busy="true" data-counted={counted !== null} role="progressbar" aria-label={t('common.loading')} aria-valuetext={said} {...(counted ? { 'aria-valuenow': counted.done, 'aria-valuemin': 0, 'aria-valuemax': counted.asked } : {})}>
        {counted && <i style={{ width: `${(100 * counted.done) / counted.asked}%` }} />}
      </div>
      {said && <div className="progress-said tabular" aria-hidden="true"><span>{said}</span></div>}
    </>
  );
}
