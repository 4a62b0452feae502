import { useEffect, useRef } from 'react';
import { acceptCompletion, autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap, completionStatus, startCompletion } from '@codemirror/autocomplete';
import { history, historyKeymap, insertNewlineAndIndent, standardKeymap } from '@codemirror/commands';
import { bracketMatching } from '@codemirror/language';
import { lintKeymap, setDiagnostics } from '@codemirror/lint';
import { EditorState, Prec } from '@codemirror/state';
import { EditorView, highlightSpecialChars, keymap, placeholder as placeholderText, tooltips } from '@codemirror/view';
import { PromQLExtension } from '@prometheus-io/codemirror-promql';
import { baseUrl } from '../api/client';
import { placeOf } from '../model/queryError';
import { promqlColors } from './editorTheme';
import { hoverHelp } from './hover';

interface PromqlEditorProps {
  value: string;
  onChange: (value: string) => void;
  /** Enter. */
  onRun: () => void;
  /** Shift, Alt and F. */
  onFormat: () => void;
  /** What the server said about this very text; its place is underlined. */
  error: string | null;
  label: string;
  placeholder: string;
  /** Whether it holds variables of a dashboard, which are no PromQL: then nothing is underlined. */
  isTemplate?: boolean;
}

/** One cache of names for all editors of a kind. */
const language = (): PromQLExtension => new PromQLExtension().setComplete({ remote: { url: baseUrl().replace(/\/$/, ''), httpMethod: 'GET', httpErrorHandler: () => undefined } });
const promql = language();
const template = language().activateLinter(false);

/** A query to type: completion from the server, errors underlined while one types. */
export function PromqlEditor({ value, onChange, onRun, onFormat, error, label, placeholder, isTemplate = false }: PromqlEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const latest = useRef({ onChange, onRun, onFormat });
  latest.current = { onChange, onRun, onFormat };

  useEffect(() => {
    const made = new EditorView({
      parent: host.current!,
      state: EditorState.create({
        doc: value,
        extensions: [
          highlightSpecialChars(), history(), bracketMatching(), closeBrackets(), EditorView.lineWrapping,
          autocompletion({ maxRenderedOptions: 100, icons: false }),
          (isTemplate ? template : promql).asExtension(), promqlColors, hoverHelp, placeholderText(placeholder),
          tooltips({ parent: document.body }),
          EditorView.contentAttributes.of({ 'aria-label': label }),
          Prec.highest(keymap.of([
            { key: 'Enter', run: (v) => (completionStatus(v.state) === 'active' && acceptCompletion(v)) || (latest.current.onRun(), true) },
            { key: 'Mod-Enter', run: () => (latest.current.onRun(), true) },
            { key: 'Shift-Enter', run: insertNewlineAndIndent },
            { key: 'Shift-Alt-f', run: () => (latest.current.onFormat(), true) },
            { key: 'Tab', run: acceptCompletion },
            { key: 'Escape', run: (v) => { if (completionStatus(v.state)) return false; v.contentDOM.blur(); return true; } },
          ])),
          keymap.of([{ key: 'Ctrl-Space', run: startCompletion }, ...closeBracketsKeymap, ...completionKeymap, ...historyKeymap, ...lintKeymap, ...standardKeymap]),
          EditorView.updateListener.of((update) => { if (update.docChanged) latest.current.onChange(update.state.doc.toString()); }),
        ],
      }),
    });
    view.current = made;
    return () => {
      made.destroy();
      view.current = null;
    };
    // The editor lives as long as its place; what changes later has effects of its own.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [label, placeholder, isTemplate]);

  useEffect(() => {
    const v = view.current;
    if (v && v.state.doc.toString() !== value) v.dispatch({ changes: { from: 0, to: v.state.doc.length, insert: value } });
  }, [value]);

  useEffect(() => {
    const v = view.current;
    if (!v || !error) return;
    const place = placeOf(error, v.state.doc.toString());
    if (place) v.dispatch(setDiagnostics(v.state, [{ ...place, severity: 'error', message: error }]));
  }, [error]);

  return <div ref={host} className="editor" data-error={error !== null} />;
}
