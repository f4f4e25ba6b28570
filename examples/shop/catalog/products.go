package catalog

// Product is something the shop sells, as far as other services keep it too.
type Product struct {
	ID          string
	Name        string
	Category    string // BOOKS, GAMES, GARDEN or HOME
	PriceCents  int
	WeightGrams int
}

// Products returns what the shop sells, in the order of the ids p1, p2, ...
func Products() []Product {
	return []Product{
		{"p1", "Lamp", "HOME", 1299, 1400},
		{"p2", "Cable", "HOME", 700, 120},
		{"p3", "Kettle", "HOME", 3450, 1250},
		{"p4", "Wool Blanket", "HOME", 5900, 1800},
		{"p5", "Wall Clock", "HOME", 2490, 900},
		{"p6", "Bread Knife", "HOME", 2990, 310},
		{"p7", "Espresso Cups, Set of 4", "HOME", 2200, 850},
		{"p8", "Door Mat", "HOME", 1790, 2100},
		{"p9", "The Small Garden Book", "BOOKS", 1850, 620},
		{"p10", "Bread at Home", "BOOKS", 2400, 780},
		{"p11", "A Walk in the Woods", "BOOKS", 1290, 340},
		{"p12", "Atlas of Islands", "BOOKS", 4200, 1650},
		{"p13", "Letters from the North", "BOOKS", 1590, 410},
		{"p14", "One Hundred Soups", "BOOKS", 1990, 690},
		{"p15", "Night Trains", "BOOKS", 1390, 360},
		{"p16", "Drawing Birds", "BOOKS", 2150, 720},
		{"p17", "Chess Set", "GAMES", 3900, 1500},
		{"p18", "Playing Cards", "GAMES", 590, 100},
		{"p19", "Harbour, a Board Game", "GAMES", 4490, 1900},
		{"p20", "Dice, Set of 7", "GAMES", 890, 60},
		{"p21", "Puzzle, 1000 Pieces", "GAMES", 1690, 830},
		{"p22", "Domino", "GAMES", 1490, 640},
		{"p23", "Go Board", "GAMES", 7900, 4200},
		{"p24", "Yo-Yo", "GAMES", 990, 90},
		{"p25", "Pruning Shears", "GARDEN", 2690, 280},
		{"p26", "Watering Can", "GARDEN", 2290, 1100},
		{"p27", "Tomato Seeds", "GARDEN", 350, 15},
		{"p28", "Garden Gloves", "GARDEN", 1190, 130},
		{"p29", "Bird Feeder", "GARDEN", 3290, 1450},
		{"p30", "Clay Pot, 20 cm", "GARDEN", 950, 1700},
		{"p31", "Hand Trowel", "GARDEN", 1350, 350},
		{"p32", "Rain Gauge", "GARDEN", 1090, 220},
	}
}

// ProductByID returns one product, and whether there is one.
func ProductByID(id string) (Product, bool) {
	for _, p := range Products() {
		if p.ID == id {
			return p, true
		}
	}
	return Product{}, false
}
