import type { AnchorHTMLAttributes, MouseEvent, Ref } from 'react';
import type { Params } from './address';
import { hrefOf, navigate, usePlace } from './navigation';
import { pageOf } from './pages';

interface LinkProps extends AnchorHTMLAttributes<HTMLAnchorElement> { to: string; params?: Params; ref?: Ref<HTMLAnchorElement> }

/** A link within the interface: a real one, that loads no page anew. Pointing at it fetches its page's code. */
export function Link({ to, params, onClick, ...rest }: LinkProps) {
  const { path } = usePlace();
  const go = (event: MouseEvent<HTMLAnchorElement>): void => {
    onClick?.(event);
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || rest.target) return;
    event.preventDefault();
    navigate(to, params);
  };
  const here = pageOf(path) !== undefined && pageOf(path) === pageOf(to);
  return <a {...rest} href={hrefOf(to, params)} onClick={go} onPointerEnter={() => pageOf(to)?.preload()} data-status={here ? 'active' : undefined} aria-current={here ? 'page' : undefined} />;
}
