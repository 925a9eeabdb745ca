// Read a picture with PowerWeChat: powerwechat URL
package main

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/ArtisanCloud/PowerWeChat/v3/src/officialAccount"
)

func main() {
	app, err := officialAccount.NewOfficialAccount(&officialAccount.UserConfig{
		AppID:  os.Getenv("SHIZI_APPID"),
		Secret: os.Getenv("SHIZI_SECRET"),
		Http:   officialAccount.Http{BaseURI: os.Getenv("SHIZI_URL")},
	})
	if err != nil {
		log.Fatal(err)
	}
	// BaseURI leaves out where tokens come from.
	app.GetAccessToken().EndpointToGetToken = os.Getenv("SHIZI_URL") + "/cgi-bin/token"

	// Of the official account: the mini program's client cannot read WeChat's reply.
	page, err := app.OCR.Common(context.Background(), os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	for _, item := range page.Items {
		fmt.Println(item.Text)
	}
}
