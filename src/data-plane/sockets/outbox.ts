// Hot path. Connections that have something to send when the event at hand is over: what is written during one event leaves in one write.

interface Sender {
  flush(): void;
}

export class Outbox {
  #senders: Sender[] = [];
  #spare: Sender[] = [];

  add(sender: Sender): void {
    this.#senders.push(sender);
  }

  /** To be called at the end of every event that may have written. */
  flush(): void {
    // Flushing may write anew, say when a connection that could not send is closed: it goes round until nothing is left.
    while (this.#senders.length > 0) {
      const senders = this.#senders;
      this.#senders = this.#spare;
      for (let index = 0; index < senders.length; index++) senders[index]?.flush();
      senders.length = 0;
      this.#spare = senders;
    }
  }
}
