import { litOf, type BarMode } from '../../../dashboards/bars';

/** The filled part of a track. @param percent how much of it, 0 to 100. @param segments into how many it is cut where it is a meter. */
export function Bar({ percent, mode, background, isUpright = false, segments = 30 }: { percent: number; mode: BarMode; background: string; isUpright?: boolean; segments?: number }) {
  const rest = `${100 - (mode === 'lcd' ? litOf(percent, segments) : percent)}%`;
  const clipPath = isUpright ? `inset(${rest} 0 0 0 round 4px)` : `inset(0 ${rest} 0 0 round 4px)`;
  return (
    <span className="bar-track" data-mode={mode} data-upright={isUpright} style={{ '--segments': segments } as React.CSSProperties}>
      {mode === 'lcd' && <i className="unlit" style={{ background }} />}
      <i style={{ background, clipPath: mode === 'lcd' ? clipPath.replace(' round 4px', '') : clipPath }} />
    </span>
  );
}
