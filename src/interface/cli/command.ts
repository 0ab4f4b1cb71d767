// The contract of a command: its words on the command line, and what it does with them.
import type { Command as Commander } from 'commander';
import type { ConfigurationParts } from '../../control-plane/changing/configuration.ts';
import type { Document } from '../../control-plane/configuration/document.ts';
import type { FilesRead } from '../../control-plane/configuration/reading/files-read.ts';
import type { WrittenData } from '../../control-plane/configuration/reading/written.ts';

/** A program that serves. Made by `assemble`, from the document alone. */
export interface Running {
  /** One for each listener, in the order of the document, with the real port where the document says 0. */
  readonly listeners: readonly { readonly name: string; readonly address: string }[];
  /** Where the admin server listens. */
  readonly admin: string | undefined;
}

/** Where a document came from. */
export interface Origin extends Pick<ConfigurationParts, 'read'> {
  /** What was written. */
  readonly written: WrittenData;
  /** The files that were read last, where it is read anew whenever one of them changes; absent where only who asks has it read. */
  readonly watched?: (() => FilesRead) | undefined;
}

/** What commands may reach outside: given by main.ts, and by tests. */
export interface Tools {
  /** A line for whoever asked. */
  readonly out: (line: string) => void;
  /** A line about something wrong. */
  readonly err: (line: string) => void;
  /** Whether `err` goes to a terminal that shows colours. */
  readonly colour: boolean;
  /** Where `out` goes to one. */
  readonly terminal?: Terminal | undefined;
  /** The folder where files are looked for when none is named. */
  readonly folder: string;
  /** Starts serving and obeys signals from then on. Rejects with a message for the operator. */
  readonly start: (document: Document, origin: Origin) => Promise<Running>;
}

export interface Terminal {
  readonly colour: boolean;
  /** Writes a line in the place of the one that this wrote before. An empty one leaves nothing there. */
  readonly renew: (line: string) => void;
}

/** What stood behind the command's name. */
export interface Words {
  readonly positional: readonly string[];
  /** By long name: the text behind the option, or true where it takes none. */
  readonly options: Readonly<Record<string, string | true | undefined>>;
}

export interface Command {
  readonly name: string;
  /** A sentence for the help. */
  readonly summary: string;
  /** Names arguments and options. */
  declare(commander: Commander): void;
  /** Resolves with the exit code, or with undefined when the program goes on running. Heavy parts are imported here, not at the top. */
  run(words: Words, tools: Tools): Promise<number | undefined>;
}
