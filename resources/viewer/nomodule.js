// For browsers that know no modules: nothing else of the page runs there, so it says at once what can be done.
document.body.className += " old";
