// Our own icons: 24 x 24, drawn with lines of one width. Always beside a word or inside a labelled button.
const paths = {
	phone: 'M7 3h10a2 2 0 0 1 2 2v14a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2zM8.5 6.5h7v4h-7zM9 14h.01M12 14h.01M15 14h.01M9 17.5h.01M12 17.5h.01M15 17.5h.01',
	activity: 'M3 12h4l3-8 4 16 3-8h4',
	settings: 'M4 7h9M17 7h3M4 17h3M11 17h9M13 7a2 2 0 1 0 4 0 2 2 0 1 0-4 0M7 17a2 2 0 1 0 4 0 2 2 0 1 0-4 0',
	history: 'M4 5v5h5M4.5 10A8 8 0 1 1 4 13M12 8v4.5l3 2',
	shield: 'M12 3l7 3v5c0 5-3 8-7 10-4-2-7-5-7-10V6z',
	key: 'M14 10a4 4 0 1 0-3.5 4L12 15.5h2V18h2.5v2.5H20V17l-6.2-6.2',
	list: 'M8 6h12M8 12h12M8 18h12M4 6h.01M4 12h.01M4 18h.01',
	box: 'M4 8l8-4 8 4v8l-8 4-8-4zM4 8l8 4 8-4M12 12v8',
	heart: 'M4 12h3l2-4 3 8 2-4h6M4 5h16v14H4z',
	plus: 'M12 5v14M5 12h14',
	search: 'M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM16 16l4.5 4.5',
	close: 'M6 6l12 12M18 6L6 18',
	menu: 'M4 7h16M4 12h16M4 17h16',
	trash: 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13M10.5 11v5.5M13.5 11v5.5',
	check: 'M5 12.5l4.5 4.5L19 7.5',
	alert: 'M12 4L2.8 19.5h18.4zM12 10v4.5M12 17h.01',
	info: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 11v5.5M12 7.5h.01',
	up: 'M6 15l6-6 6 6',
	down: 'M6 9l6 6 6-6',
	restart: 'M20 5v5h-5M19.5 10A8 8 0 1 0 20 13',
	sun: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4',
	moon: 'M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z',
	auto: 'M12 3a9 9 0 1 0 0 18zM12 3a9 9 0 0 1 0 18',
	exit: 'M14 4h5v16h-5M10 8l-4 4 4 4M6 12h9',
	person: 'M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4.5 20.5c.8-4 3.8-6 7.5-6s6.7 2 7.5 6',
	file: 'M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6',
	dice: 'M5 5h14v14H5zM9 9h.01M15 9h.01M12 12h.01M9 15h.01M15 15h.01',
	download: 'M12 4v11M7.5 11l4.5 4.5 4.5-4.5M4 20h16',
	ban: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM5.7 5.7l12.6 12.6',
	upload: 'M12 15V4M7.5 8L12 3.5 16.5 8M4 20h16',
	copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
	edit: 'M4 20l1-4L16.5 4.5l3 3L8 19zM14 7l3 3',
	eye: 'M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 9.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z',
	right: 'M9 6l6 6-6 6',
};

export type IconName = keyof typeof paths;

export function Icon({ name }: { name: IconName }) {
	return <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d={paths[name]} /></svg>;
}
