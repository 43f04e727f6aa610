using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Convonet.Server.Store.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class ChangesByTime : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateIndex(
                name: "IX_change_sets_MadeAt",
                table: "change_sets",
                column: "MadeAt");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_change_sets_MadeAt",
                table: "change_sets");
        }
    }
}
