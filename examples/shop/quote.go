package shop

import (
	"net/http"
	"strconv"
)

// quote prices a parcel by weight and distance: 490 cents, and 120 for each started kilogram, twice that for far zips.
func (s *orderService) quote(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Zip         string `json:"zip"`
		WeightGrams int    `json:"weight_grams"`
	}
	if f := readJSON(r, &in); f != nil {
		fail(w, f)
		return
	}
	if in.Zip == "" {
		fail(w, badRequest("zip is missing"))
		return
	}
	if f := checkWeight(in.WeightGrams); f != nil {
		fail(w, f)
		return
	}
	type price struct {
		Cents   int    `json:"cents"`
		Carrier string `json:"carrier"`
		Days    int    `json:"days"`
	}
	p := price{Cents: cents(in.Zip, in.WeightGrams), Carrier: "Parcel Post", Days: 2}
	if far(in.Zip) {
		p.Days = 4
	}
	reply(w, http.StatusOK, map[string]price{"quote": p})
}

// quotes prices parcels of several weights: a member for each weight in grams.
func (s *orderService) quotes(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Zip     string `json:"zip"`
		Weights []int  `json:"weights"`
	}
	if f := readJSON(r, &in); f != nil {
		fail(w, f)
		return
	}
	if in.Zip == "" {
		fail(w, badRequest("zip is missing"))
		return
	}
	out := map[string]int{}
	for _, grams := range in.Weights {
		if f := checkWeight(grams); f != nil {
			fail(w, f)
			return
		}
		out[strconv.Itoa(grams)] = cents(in.Zip, grams)
	}
	reply(w, http.StatusOK, map[string]any{"quotes": out})
}

func checkWeight(grams int) *failure {
	if grams < 1 || grams > 31_500 {
		return badRequest("weight_grams must be from 1 to 31500, not %d", grams)
	}
	return nil
}

func far(zip string) bool { return zip[0] >= '5' }

func cents(zip string, grams int) int {
	c := 120 * ((grams + 999) / 1000)
	if far(zip) {
		c *= 2
	}
	return c + 490
}
