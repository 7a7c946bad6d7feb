import { render } from 'preact';

render(<main><h1>Switchroom</h1></main>, document.getElementById('app')!);
